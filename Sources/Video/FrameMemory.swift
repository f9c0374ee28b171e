import CLibAV

/// Owns one `AVFrame` and, through its references, the samples in it.
final class FrameMemory {
  let pointer: UnsafeMutablePointer<AVFrame>

  /// A frame without samples, for a decoder to fill.
  init() {
    guard let frame = av_frame_alloc() else { fatalError("out of memory for a frame") }
    pointer = frame
  }

  /// A frame with room for samples; rows are padded as libav's vector code wants them.
  convenience init(width: Int, height: Int, format: AVPixelFormat) {
    self.init()
    pointer.pointee.width = Int32(width)
    pointer.pointee.height = Int32(height)
    pointer.pointee.format = format.rawValue
    precondition(av_frame_get_buffer(pointer, 0) >= 0, "out of memory for a frame of \(width)×\(height)")
  }

  deinit {
    var frame: UnsafeMutablePointer<AVFrame>? = pointer
    av_frame_free(&frame)
  }
}

extension FrameMemory {
  /// Copies a picture into a frame of RGB samples of the same size.
  func fill(with picture: Picture) {
    let row = Int(pointer.pointee.linesize.0)
    picture.pixels.withUnsafeBufferPointer { samples in
      for y in 0..<picture.height {
        (pointer.pointee.data.0! + y * row)
          .update(from: samples.baseAddress! + y * picture.width * 3, count: picture.width * 3)
      }
    }
  }
}

/// Owns one `AVPacket`, used again for packet after packet.
final class PacketMemory {
  let pointer: UnsafeMutablePointer<AVPacket>

  init() {
    guard let packet = av_packet_alloc() else { fatalError("out of memory for a packet") }
    pointer = packet
  }

  deinit {
    var packet: UnsafeMutablePointer<AVPacket>? = pointer
    av_packet_free(&packet)
  }
}

/// A frame as the decoder gave it, with the time that was settled for it.
struct DecodedFrame {
  let memory: FrameMemory
  /// When it is shown, in the stream's time base.
  let ticks: Int64
  /// How long it is shown, in the stream's time base.
  let duration: Int64
  /// When it is gone, in the stream's time base.
  var end: Int64 { ticks.saturatingAdd(duration) }
}
