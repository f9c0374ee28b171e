import Files
import Foundation
import Video

/// The list of clips that a run reads, checked as a whole before anything runs.
///
/// `Layout` says what can be read. A manifest is the collection of its clips, in its order, and is never
/// empty. Rows are stored compactly; an entry is made when it is asked for.
public struct Manifest: RandomAccessCollection, Sendable {
  /// The file or folder that was read.
  public let path: String
  /// Which layout it was read as, and why; nil for a manifest that was not read.
  public let layout: LayoutFinding?
  /// What was left out, in sentences that a user should see.
  public let notes: [String]
  private let rows: Rows

  private enum Rows: Sendable {
    case read(ManifestRows, ClipRoot)
    case given([ClipEntry])
  }

  init(path: String, layout: LayoutFinding, rows: ManifestRows, root: ClipRoot, notes: [String]) {
    self.path = path
    self.layout = layout
    self.notes = notes
    self.rows = .read(rows, root)
  }

  /// A manifest of given entries.
  /// - Parameter entries: at least one, each with its place as `index`.
  public init(path: String, entries: [ClipEntry]) {
    precondition(!entries.isEmpty, "a manifest needs at least one clip")
    precondition(entries.indices.allSatisfy { entries[$0].index == $0 }, "an entry's index must be its place")
    self.path = path
    layout = nil
    notes = []
    rows = .given(entries)
  }

  /// 0.
  public var startIndex: Int { 0 }

  /// The number of clips.
  public var endIndex: Int {
    switch rows {
    case .read(let rows, _): rows.count
    case .given(let entries): entries.count
    }
  }

  /// The clip at a place.
  public subscript(index: Int) -> ClipEntry {
    switch rows {
    case .read(let rows, let root): rows.entry(index, in: root)
    case .given(let entries): entries[index]
    }
  }

  /// The captions of at most `most` clips from all over the list.
  public func captions(spread most: Int) -> [String] { places(spread: most).map { caption($0) } }

  /// The places of at most `most` clips at equal distances, in the order of the list.
  public func places(spread most: Int) -> [Int] {
    Array(indices).spread(most)
  }

  /// The caption of the clip at a place, without the rest of its entry.
  public func caption(_ index: Int) -> String {
    switch rows {
    case .read(let rows, _): rows.caption(index)
    case .given(let entries): entries[index].caption
    }
  }

  /// The class of the clip at a place, without the rest of its entry; nil if it has none.
  public func label(_ index: Int, from source: LabelSource = .label) -> String? {
    switch rows {
    case .read(let rows, _): rows.label(index, from: source)?.asLabel
    case .given(let entries): entries[index].label(from: source)
    }
  }

  /// Reads a manifest and checks that every file it names is there and lies in the root.
  ///
  /// - Parameters:
  ///   - path: a file, a folder, or a pattern of archives; see `Layout`.
  ///   - split: leave out the entries of other splits; nil keeps all. An entry that names no split belongs to
  ///     each.
  ///   - root: the folder that all clips must lie in and that relative paths begin at; nil stands for the
  ///     manifest's own folder. "/" lets clips lie anywhere; relative paths then begin at the manifest's
  ///     folder.
  ///   - pictures: whether pictures count, which are clips of one frame; what is left out is in `notes`.
  ///   - captions: whether clips need captions; where they do not, that of a clip without one is empty.
  /// - Throws: `ManifestError` with all problems at once.
  public static func load(
    _ path: String, split: String? = nil, root: String? = nil, pictures: Bool = true, captions: Bool = true
  ) throws(ManifestError) -> Manifest {
    let source = try source(of: path, pictures: pictures)
    let layout = try LayoutFinder.find(source)
    if let root {
      var status = stat()
      guard stat(root, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
        throw ManifestError(
          path: path, layout: layout, problem: "the root \(root) is no folder",
          remedy: "name the folder that the clips lie in (data.root, --root), or none", isMissing: true)
      }
    }
    let root = ClipRoot(folder: source.folder, root: root, holdsClips: source.holdsClips)
    guard root.isInside else {
      throw ManifestError(
        path: path, layout: layout,
        problem: "it does not lie in \(root.limit ?? "/"), the folder that the clips must lie in",
        remedy: "name a folder that holds it (data.root, --root), or none")
    }
    var draft = ManifestDraft(
      path: path, layout: layout, root: root, split: split, takesPictures: pictures,
      needsCaptions: captions, textBytes: source.bytes.count)
    layout.layout.read(source, into: &draft)
    return try draft.finished()
  }

  /// Looks at what is there, and again after a while if the machine does not let it.
  private static func source(of path: String, pictures: Bool) throws(ManifestError) -> ManifestSource {
    do {
      return try patiently {
        do throws(ManifestError) {
          return try ManifestSource(path, pictures: pictures)
        } catch {
          if let machine = error.machine { throw machine }
          throw error
        }
      }
    } catch let machine as MachineError {
      throw ManifestError(path: path, machine: machine)
    } catch {
      throw error as! ManifestError
    }
  }
}
