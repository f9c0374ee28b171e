import Foundation
import Manifests
import TestClips

@testable import Clips
@testable import Video

/// A folder of clips of all kinds: of constant and variable rate, wide and high, pieces, too short ones, broken ones.
struct MixedClips {
  let folder: TemporaryFolder
  let manifest: Manifest

  init() throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    func write(_ name: String, width: Int, height: Int, ticks: [Int]) throws {
      let writer = try VideoWriter(
        path: "\(folder.path)/\(name)", width: width, height: height, frameRate: 12,
        codec: .h264(crf: 10, keyFrameEvery: 9))
      for (number, ticks) in ticks.enumerated() {
        var picture = Picture(width: width, height: height)
        for y in 0..<height {
          for x in 0..<width {
            picture[x, y] = (
              UInt8((7 * x + 11 * number) & 255), UInt8((5 * y + 3 * x) & 255), UInt8(number * 9 & 255)
            )
          }
        }
        try writer.append(picture, ticks: ticks)
      }
      try writer.finish()
    }
    try write("even.mp4", width: 48, height: 32, ticks: Array(repeating: 1, count: 24))
    try write("wide.mp4", width: 80, height: 24, ticks: Array(repeating: 1, count: 40))
    try write("high.mp4", width: 20, height: 50, ticks: Array(repeating: 1, count: 30))
    try write("variable.mp4", width: 40, height: 30, ticks: [1, 3, 1, 7, 2, 2, 1, 1, 5, 9, 1, 4, 1, 1, 1, 6])
    try write("exact.mp4", width: 32, height: 32, ticks: Array(repeating: 1, count: 12))
    try write("short.mp4", width: 32, height: 32, ticks: Array(repeating: 1, count: 8))
    try write("tooshort.mp4", width: 32, height: 32, ticks: [1, 1, 1])
    try folder.write("broken.mp4", "this is no clip")
    let path = try folder.write(
      "list.csv",
      """
      path,caption,start,end
      even.mp4,a,,
      wide.mp4,b,,
      high.mp4,c,,
      variable.mp4,d,,
      exact.mp4,e,,
      short.mp4,f,,
      tooshort.mp4,g,,
      broken.mp4,h,,
      wide.mp4,i,0.7,2.6
      variable.mp4,j,1.3,
      high.mp4,k,9,12
      even.mp4,a again,,
      """)
    manifest = try Manifest.load(path)
  }

  static let shape = ClipShape(frames: 6, height: 16, width: 16, frameRate: 6)

  func packer(
    start: StartChoice = .random, crop: CropChoice = .random, shardBytes: Int = 1 << 20,
    shape: ClipShape = Self.shape, limits: DecodeLimits = .standard, part: FolderPart = .whole
  ) -> ClipPacker {
    ClipPacker(
      folder: pack, lists: [.init(.train, manifest, PackTransform(shape, start: start, crop: .init(crop)!))],
      limits: limits, part: part, shardBytes: shardBytes)
  }

  /// Brings the pack up to date.
  @discardableResult
  func packed(_ packer: ClipPacker, threads: Int = 2) throws -> (plan: ClipPacker.Plan, ClipPacker.Summary) {
    try FileManager.default.createDirectory(atPath: pack, withIntermediateDirectories: true)
    let plan = try packer.plan()
    return (plan, try packer.run(plan, threads: threads, shouldStop: { false }, progress: { _ in }))
  }

  var pack: String { folder.path + "/pack" }

  func source(start: StartChoice, crop: CropChoice, shape: ClipShape = Self.shape) throws -> ClipSource {
    .packed(
      try ClipPack(pack).clips(
        of: manifest, .train, PackTransform(shape, start: start, crop: .init(crop)!), limits: .standard))
  }

  /// Other bytes in the same place, of the same count, and of the same time.
  func spoil(_ name: String, keepingTime: Bool) throws {
    let path = "\(folder.path)/\(name)"
    var status = stat()
    stat(path, &status)
    try Data(repeating: 7, count: Int(status.st_size)).write(to: URL(fileURLWithPath: path))
    if keepingTime { utimensat(AT_FDCWD, path, [status.st_atim, status.st_mtim], 0) }
  }
}
