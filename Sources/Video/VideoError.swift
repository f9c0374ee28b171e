import CLibAV
import Files

/// What went wrong with one file: at which stage, in libav's own words, and where in the clip.
public struct VideoError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The part of the way from file to picture (or back) that failed.
  public enum Stage: String, Sendable, Codable {
    /// Opening the file and reading its header.
    case open
    /// Finding the video stream, or reading its packets.
    case stream
    /// Turning packets into frames.
    case decode
    /// Finding a frame by its number.
    case choose = "choosing frames"
    /// Turning a frame into a picture of the wanted size.
    case convert
    /// Turning a picture into packets.
    case encode
    /// Putting packets into a file.
    case write
  }

  /// The file.
  public let path: String
  /// Where on the way it failed.
  public let stage: Stage
  /// What libav says, or what was asked for that cannot be.
  public let reason: String
  /// How many frames had been shown before, when known.
  public let frame: Int?
  /// The time in the clip, in seconds after the first shown frame, when known.
  public let seconds: Double?
  /// The machine's trouble that caused it, which says nothing of the file; nil when the file is at fault.
  public let machine: MachineError?

  /// An error with everything that is known about it.
  public init(path: String, stage: Stage, reason: String, frame: Int? = nil, seconds: Double? = nil) {
    (self.path, machine) = (path, nil)
    self.stage = stage
    self.reason = reason
    self.frame = frame
    self.seconds = seconds
  }

  /// One sentence that names the file, and a remedy.
  public var description: String {
    var place = ""
    if let frame { place += " at frame \(frame)" }
    if let seconds { place += " (\((seconds * 1000).rounded() / 1000) s)" }
    switch stage {
    case .open: return "cannot open \(path): \(reason); check that it is a whole video file"
    case .stream:
      return "cannot read video from \(path)\(place): \(reason); check that the file is whole and has video"
    case .decode: return "cannot decode \(path)\(place): \(reason); encode the clip again or leave it out"
    case .choose: return "cannot show a frame of \(path)\(place): \(reason)"
    case .convert:
      return "cannot convert \(path)\(place): \(reason); choose another size or leave the clip out"
    case .encode: return "cannot encode \(path)\(place): \(reason)"
    case .write:
      return "cannot write \(path)\(place): \(reason); check the folder and the space left on the disk"
    }
  }
}

extension VideoError {
  /// The system refused to open or to read the file.
  package init(path: String, stage: Stage = .open, system code: some BinaryInteger) {
    (self.path, self.stage, reason) = (path, stage, systemWords(code))
    (frame, seconds, machine) = (nil, nil, MachineError(path: path, code: code))
  }

  /// What a caller should throw: the machine's trouble where that is the cause, else this error.
  package var cause: any Error { machine ?? self }

  /// An error from a libav return code, with the last line libav logged on this thread as the detail.
  init(path: String, stage: Stage, code: Int32, frame: Int? = nil, seconds: Double? = nil) {
    var reason = libavWords(for: code)
    if let line = LibavLog.takeLastError(), line != reason { reason += " (\(line))" }
    self.init(path: path, stage: stage, reason: reason, frame: frame, seconds: seconds)
  }
}

/// libav's sentence for an error code.
func libavWords(for code: Int32) -> String {
  var text = [CChar](repeating: 0, count: 256)
  clibav_describe(code, &text, text.count)
  return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
