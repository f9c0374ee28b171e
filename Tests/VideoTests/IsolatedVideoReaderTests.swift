import ClipMutations
import Foundation
import Isolation
import TestPrograms
import Testing

@testable import Video

/// A clip that is read in a process of its own gives what it gives in this one, to the bit, errors too.
@Suite struct IsolatedVideoReaderTests {
  init() { IsolatedProcess.program.withLock { $0 = TestProgram.path("isolation-probe") } }

  /// All that can be asked of a clip.
  private struct Answers: Equatable {
    var info: VideoInfo?
    var duration: Double?
    var pictures: [Picture] = []
    var lumas: [LumaPicture] = []
    var times: [Double?] = []
    var shown: [Picture] = []
    var damage: [VideoError] = []
    var errors: [VideoError] = []

    init(_ path: String, isolate: Bool) {
      let limits = DecodeLimits(maxSeconds: 20, isolate: isolate)
      func asking(_ body: () throws -> Void) {
        do { try body() } catch { errors.append(error as! VideoError) }
      }
      asking {
        let reader = try openVideo(ClipBytes(ClipFile(path: path), limits: limits), limits: limits)
        #expect((reader is VideoReader) != isolate)
        info = reader.info
        asking { duration = try reader.shownDuration() }
        let framing = Framing(width: 24, height: 16, cropX: 0.25)
        asking { pictures += try reader.pictures(at: [0, 0.25, 0.25, 0.5], framing: framing) }
        asking { pictures += try reader.pictures(at: [0.1], framing: nil) }
        let region = FrameRegion(x: 0.3, y: 0.1, width: 0.5, height: 0.7)
        asking {
          pictures += try reader.pictures(
            at: [0, 0.2], framing: Framing(width: 24, height: 16, region: region))
        }
        asking {
          try reader.forEachLuma(side: 8) { picture, seconds in
            lumas.append(picture)
            times.append(seconds)
            return lumas.count < 40
          }
        }
        asking {
          try reader.forEachShownFrame(from: 0.2, framing: framing) { seconds, next, picture in
            times += [seconds, next]
            if times.count % 3 > 0 { shown.append(try picture()) }
            return times.count < 120
          }
        }
        damage = reader.damage
      }
    }
  }

  @Test func clipsOfAllKindsAndTheirDamage() throws {
    let scratch = try Scratch()
    var generator = SeededGenerator(seed: 11)
    var (read, failed) = (0, 0)
    for kind in ClipKind.all {
      let path = scratch.path("whole.\(kind.ending)")
      try kind.write(to: path)
      let whole = try scratch.bytes("whole.\(kind.ending)")
      for mutation in [nil] + Mutation.allCases.map(Optional.some) {
        let bytes = mutation?.apply(to: whole, using: &generator) ?? whole
        let clip = try scratch.write(bytes, to: "clip.\(kind.ending)")
        let (here, there) = (Answers(clip, isolate: false), Answers(clip, isolate: true))
        // Broken headers ask for memory that the isolated process may not take.
        let isRefused =
          !here.errors.isEmpty && there.errors.contains { $0.reason.hasPrefix("Cannot allocate memory") }
        #expect(there == here || isRefused, "\(kind) \(mutation as Any)")
        if here.errors.isEmpty { read += 1 } else { failed += 1 }
      }
    }
    #expect(read > 40 && failed > 40, "\(read) read, \(failed) failed")
  }

  @Test(.enabled(if: SharedClips.areHere, "the shared clips are not here"), arguments: SharedClips.facts)
  func realClips(facts: SharedClips.Facts) {
    let path = SharedClips.path(facts.file)
    #expect(Answers(path, isolate: true) == Answers(path, isolate: false))
  }

  /// A process that is ended in the middle is an error about the clip, and the next clip has a new one.
  @Test func aCrashIsAnErrorAboutTheClip() throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("a.mp4"), ticks: [1, 2, 1])
    let limits = DecodeLimits(isolate: true)
    let reader = try IsolatedVideoReader(ClipBytes(ClipFile(path: scratch.path("a.mp4"))), limits: limits)
    let error = #expect(throws: VideoError.self) {
      try reader.forEachLuma(side: 8) { _, _ in
        kill(reader.process.identifier, SIGSEGV)
        return true
      }
    }
    #expect(error?.machine == nil && error?.path == scratch.path("a.mp4"))
    #expect(error?.reason == "the process that read it crashed (signal 11, Segmentation fault)")
    #expect(Answers(scratch.path("a.mp4"), isolate: true).errors.isEmpty)
  }

  /// The system ends processes when memory runs out, which is not the clip's fault.
  @Test func whatTheSystemEndsIsItsTrouble() throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("a.mp4"), ticks: [1, 2, 1])
    let limits = DecodeLimits(isolate: true)
    let reader = try IsolatedVideoReader(ClipBytes(ClipFile(path: scratch.path("a.mp4"))), limits: limits)
    kill(reader.process.identifier, SIGKILL)
    let error = #expect(throws: VideoError.self) { try reader.pictures(at: [0], framing: nil) }
    #expect(error?.machine?.code == ENOMEM)
  }

  /// What a process answers that was taken over is not believed.
  @Test func falseAnswersAreSeen() throws {
    func sizes(_ sides: String) throws -> PictureSizes {
      try JSONDecoder().decode(PictureSizes.self, from: Data("{\"sides\":\(sides)}".utf8))
    }
    let framing = Framing(width: 4, height: 2)
    #expect(try sizes("[[4,2],[4,2]]").byteCounts(count: 2, framing, most: 100) == [24, 24])
    for wrong in ["[[4,2]]", "[[4,2],[1,1]]", "[[4,2],[4,3]]", "[[4,2],[4,-2]]", "[[4,2],[4]]", "[[4,2],[]]"]
    {
      #expect(try sizes(wrong).byteCounts(count: 2, framing, most: 100) == nil)
    }
    let covering = Framing.covering(width: 4, height: 2)
    #expect(try sizes("[[9,2]]").byteCounts(count: 1, covering, most: 100) == [54])
    #expect(try sizes("[[3,2]]").byteCounts(count: 1, covering, most: 100) == nil)
    #expect(try sizes("[[200,2]]").byteCounts(count: 1, covering, most: 100) == nil)
    #expect(try sizes("[[4611686018427387904,4]]").byteCounts(count: 1, nil, most: 100) == nil)
    func info(_ width: Int = 1, _ codec: String = "h264", rate: Double = 25, duration: Double? = 1)
      -> VideoInfo
    {
      VideoInfo(
        width: width, height: 1, codec: codec, pixelFormat: "yuv420p", frameRate: rate, duration: duration,
        rotation: 90, frameCount: nil)
    }
    #expect(info().isSound && info(duration: nil).isSound)
    for wrong in [info(0), info(1 << 24), info(1, "\u{1b}[2J"), info(rate: .nan), info(duration: .infinity)] {
      #expect(!wrong.isSound)
    }
  }

  /// Whoever stops in the middle leaves a process that nobody else gets.
  @Test func anUnfinishedReadingIsNotGoneOnWith() throws {
    let scratch = try Scratch()
    try Numbered.write(to: scratch.path("a.mp4"), ticks: [1, 2, 1])
    let limits = DecodeLimits(isolate: true)
    var identifier: Int32 = 0
    do {
      let reader = try IsolatedVideoReader(ClipBytes(ClipFile(path: scratch.path("a.mp4"))), limits: limits)
      identifier = reader.process.identifier
      #expect(throws: CancellationError.self) {
        try reader.forEachShownFrame(from: 0, framing: Framing(width: 8, height: 8)) { _, _, _ in
          throw CancellationError()
        }
      }
    }
    #expect(kill(identifier, 0) != 0)
  }

  /// What a small file can take, with the memory of the process as the last bound.
  @Test(arguments: Bomb.all)
  func bombs(bomb: Bomb) throws {
    let scratch = try Scratch()
    let path = scratch.path("bomb.\(bomb.ending)")
    try bomb.write(path)
    let limits = DecodeLimits(maxSeconds: 3, isolate: true)
    do {
      let reader = try openVideo(ClipBytes(ClipFile(path: path), limits: limits), limits: limits)
      _ = try reader.shownDuration()
      _ = try reader.pictures(at: [0.5], framing: Framing(width: 64, height: 64))
    } catch let error as VideoError {
      #expect(error.machine == nil && !error.reason.isEmpty)
    }
  }
}
