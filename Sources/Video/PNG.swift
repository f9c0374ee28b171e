import CLibAV
import Files

/// A picture as the bytes of a PNG file; the same picture gives the same bytes.
public func pngData(_ picture: Picture) throws(VideoError) -> [UInt8] {
  try pngData(picture, for: "a PNG in memory")
}

/// Writes a picture as a PNG file; what was there before is replaced only when the new file is whole.
public func writePNG(_ picture: Picture, to path: String) throws(VideoError) {
  let bytes = try pngData(picture, for: path)
  do throws(Disk.Failure) {
    try WholeFile.replace(path, with: bytes)
  } catch {
    throw VideoError(path: path, stage: .write, reason: error.words)
  }
}

private func pngData(_ picture: Picture, for path: String) throws(VideoError) -> [UInt8] {
  Libav.prepare(maxPixels: picture.width * picture.height)
  LibavLog.forget()
  guard let codec = avcodec_find_encoder(AV_CODEC_ID_PNG) else {
    throw VideoError(path: path, stage: .encode, reason: "this libav has no PNG encoder")
  }
  guard let new = avcodec_alloc_context3(codec) else { fatalError("out of memory for an encoder") }
  var context: UnsafeMutablePointer<AVCodecContext>? = new
  defer { avcodec_free_context(&context) }
  new.pointee.width = Int32(picture.width)
  new.pointee.height = Int32(picture.height)
  new.pointee.pix_fmt = AV_PIX_FMT_RGB24
  new.pointee.time_base = AVRational(num: 1, den: 1)
  new.pointee.thread_count = 1
  new.pointee.flags |= AV_CODEC_FLAG_BITEXACT

  guard let frame = FrameMemory(width: picture.width, height: picture.height, format: AV_PIX_FMT_RGB24) else {
    throw VideoError(
      path: path, stage: .encode,
      reason: "libav has no room for a picture of \(picture.width)×\(picture.height); make it smaller")
  }
  frame.fill(with: picture)
  let packet = PacketMemory()
  var code = avcodec_open2(new, codec, nil)
  if code >= 0 { code = avcodec_send_frame(new, frame.pointer) }
  if code >= 0 { code = avcodec_receive_packet(new, packet.pointer) }
  guard code >= 0 else { throw VideoError(path: path, stage: .encode, code: code) }
  return [UInt8](
    UnsafeBufferPointer(start: packet.pointer.pointee.data, count: Int(packet.pointer.pointee.size)))
}
