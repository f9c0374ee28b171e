import Files
import Manifests
import Video

/// Finds out about a clip all that an index tells: reads every byte and decodes every frame of it.
package struct ClipExamination {
  let name: String
  let limits: DecodeLimits

  /// - Parameters:
  ///   - name: the clip as the manifest names it.
  ///   - limits: what it may cost.
  package init(name: String, limits: DecodeLimits) {
    self.name = name
    self.limits = limits
  }

  /// The line of the clip.
  /// - Parameter file: where its bytes are.
  /// - Throws: `MachineError` when the machine does not let it be read for a while, which is no fault of the clip.
  package func line(of file: ClipFile) throws -> IndexLine {
    try patiently {
      do {
        let bytes = try ClipBytes(file, limits: limits)
        do {
          return try examined(bytes, sha256: try bytes.digest())
        } catch let error as VideoError {
          return try unreadable(bytes: bytes.count, because: error)
        }
      } catch let error as VideoError {
        return try unreadable(bytes: 0, because: error)
      }
    }
  }

  private func unreadable(
    bytes: Int, sha256: String = "", because error: VideoError
  ) throws -> IndexLine {
    if let machine = error.machine { throw machine }
    return IndexLine(
      path: name, bytes: bytes, sha256: sha256, verdict: .unreadable, reason: words(for: error))
  }

  private func examined(_ bytes: ClipBytes, sha256: String) throws -> IndexLine {
    do {
      let reader = try openVideo(bytes, limits: limits)
      var meter = FrameMeter()
      var failure: VideoError?
      do {
        try reader.forEachLuma(side: FrameMeter.side) { picture, seconds in
          meter.add(picture, seconds: seconds)
          return true
        }
      } catch let error as VideoError where error.machine == nil {
        failure = error
      }
      guard let last = meter.frames.last else {
        let error = failure ?? VideoError(path: file(bytes), stage: .decode, reason: "it has no frames")
        return try unreadable(bytes: bytes.count, sha256: sha256, because: error)
      }
      let duration = max(try reader.shownDuration(), last.seconds)
      let info = reader.info
      let first = failure ?? reader.damage.first
      return IndexLine(
        path: name, bytes: bytes.count, sha256: sha256, codec: info.codec, pixelFormat: info.pixelFormat,
        width: info.width, height: info.height, frames: meter.frames.count, frameRate: info.frameRate,
        duration: duration, rotation: info.rotation, verdict: first == nil ? .good : .damaged,
        reason: first.map(words), shots: Shot.all(in: meter, duration: duration))
    } catch let error as VideoError {
      return try unreadable(bytes: bytes.count, sha256: sha256, because: error)
    }
  }

  private func file(_ bytes: ClipBytes) -> String { bytes.file.description }

  /// The stage, the reason, and where in the clip it happened; the path is in the line already.
  private func words(for error: VideoError) -> String {
    var place = ""
    if let frame = error.frame { place += " at frame \(frame)" }
    if let seconds = error.seconds { place += " (\((seconds * 1000).rounded() / 1000) s)" }
    return "\(error.stage.rawValue)\(place): \(error.reason)"
  }
}
