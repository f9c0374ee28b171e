/// The containers and codecs that clips may be in. libav knows hundreds more, and each is code that a hostile file
/// could reach: what no data set uses is not needed.
enum Accepted {
  /// Demuxers, by libav's names. None of them opens other files, as playlists and scripts do (hls, dash, concat, image
  /// sequences).
  static let containers = """
    mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,asf,mxf,ogg,ivf,gif,apng,\
    h264,hevc,m4v,obu,yuv4mpegpipe,jpeg_pipe,png_pipe,webp_pipe
    """

  /// Decoders, by libav's names.
  static let codecs: Set<String> = [
    "h264", "hevc", "libdav1d", "av1", "vp8", "vp9", "mpeg1video", "mpeg2video", "mpeg4", "msmpeg4",
    "msmpeg4v2",
    "h263", "flv", "theora", "mjpeg", "prores", "ffv1", "gif", "apng", "rawvideo", "wmv1", "wmv2",
    "png", "webp",
  ]

  /// All of them and `more`, as libav wants to be told.
  static func codecNames(and more: [String]) -> String {
    more.isEmpty ? usual : codecs.union(more).sorted().joined(separator: ",")
  }

  /// Made once: every opening needs it.
  private static let usual = codecs.sorted().joined(separator: ",")
}
