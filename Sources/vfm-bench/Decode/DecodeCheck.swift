import Foundation
import Video

/// What reading every sample of a list once tells, without a clock: which clips cannot be read, and what the pictures are.
struct DecodeCheck: Encodable {
  /// Why a sample of a clip could not be read, by the clip's path.
  var unreadable: [String: String] = [:]
  /// A number of all pictures in the order of the list (FNV-1a): builds that give the same pictures print the same one.
  var pictures: String

  init(_ list: DecodeSamples) {
    let framing = Framing(width: list.size, height: list.size)
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for sample in list.samples {
      do throws(VideoError) {
        for picture in try VideoReader(path: sample.path).pictures(at: sample.times, framing: framing) {
          for byte in picture.pixels { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
      } catch { unreadable[sample.path] = error.description }
    }
    pictures = String(hash, radix: 16)
  }
}
