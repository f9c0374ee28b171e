/// Which of libav's encoders and containers make a file, and with what settings.
package struct Encoding: Sendable {
  /// What the samples mean; written into the stream and, where it can, into the container.
  package enum Colours: Sendable {
    /// BT.709 in the limited range, as high-definition video.
    case video
    /// BT.601 in the full range, as JPEG.
    case jpeg
    /// Red, green and blue, with the transfer function of screens (sRGB).
    case screen
    /// Red, green and blue by number, in a table of the file's own.
    case palette
  }

  /// How a file says when its last picture ends.
  package enum End: Sendable {
    /// By the duration of each packet.
    case inPackets
    /// By nothing: the last picture is written twice when it is shown for long.
    case bySecondPicture
    /// By an option of libav's container, in its time base.
    case byOption(String)
  }

  /// libav's name of the container.
  package var container: String
  /// libav's name of the encoder.
  package var encoder: String
  /// libav's name of the samples' format.
  package var pixelFormat: String
  package var colours: Colours
  /// The most frames from one key frame to the next.
  package var keyFrameEvery: Int
  /// Settings of the encoder, by libav's names.
  package var encoderOptions: [String: String]
  /// Settings of the container, by libav's names.
  package var containerOptions: [String: String]
  /// The most pictures that the container can show in a second.
  package var mostPicturesASecond: Double
  /// The longest that one picture can be shown, in seconds.
  package var longestPicture: Double
  /// How the file says when its last picture ends.
  package var end: End

  package init(
    container: String, encoder: String, pixelFormat: String = "yuv420p", colours: Colours = .video,
    keyFrameEvery: Int = 12, encoderOptions: [String: String] = [:],
    containerOptions: [String: String] = [:], mostPicturesASecond: Double = 1000,
    longestPicture: Double = .infinity, end: End = .inPackets
  ) {
    self.container = container
    self.encoder = encoder
    self.pixelFormat = pixelFormat
    self.colours = colours
    self.keyFrameEvery = keyFrameEvery
    self.encoderOptions = encoderOptions
    self.containerOptions = containerOptions
    self.mostPicturesASecond = mostPicturesASecond
    self.longestPicture = longestPicture
    self.end = end
  }

  init(_ codec: VideoCodec) {
    switch codec {
    case .h264(let crf, let keyFrameEvery):
      precondition((0...51).contains(crf), "a constant rate factor of \(crf) is not in 0…51")
      self.init(
        container: "mp4", encoder: "libx264", keyFrameEvery: keyFrameEvery,
        // On small pictures x264's macroblock tree reads memory that nobody wrote: the bytes would differ by chance.
        encoderOptions: ["crf": "\(crf)", "mbtree": "0"], containerOptions: ["movflags": "+faststart"])
    case .vp9(let crf):
      precondition((0...63).contains(crf), "a constant quality of \(crf) is not in 0…63")
      self.init(
        container: "webm", encoder: "libvpx-vp9", keyFrameEvery: 128,
        encoderOptions: ["crf": "\(crf)", "b": "0", "cpu-used": "2", "row-mt": "0"], end: .bySecondPicture)
    case .gif:
      // Browsers show pictures of one hundredth of a second for ten.
      self.init(
        container: "gif", encoder: "gif", pixelFormat: "pal8", colours: .palette,
        containerOptions: ["loop": "0"], mostPicturesASecond: 50, longestPicture: 655.35,
        end: .byOption("final_delay"))
    case .ffv1:
      self.init(
        container: "matroska", encoder: "ffv1", pixelFormat: "bgr0", colours: .screen, keyFrameEvery: 1,
        encoderOptions: ["level": "3", "slicecrc": "1"], end: .bySecondPicture)
    }
  }
}
