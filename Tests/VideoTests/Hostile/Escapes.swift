import ClipMutations
import Foundation
import Testing

/// A file that is a list of others, or points at one, under the name of a clip.
struct Escape: Sendable, CustomTestStringConvertible {
  /// What it tries.
  let name: String
  /// The file's name.
  let file: String
  let bytes: [UInt8]

  var testDescription: String { name }

  init(_ name: String, _ file: String, _ text: String) { self.init(name, file, Array(text.utf8)) }

  init(_ name: String, _ file: String, _ bytes: [UInt8]) {
    self.name = name
    self.file = file
    self.bytes = bytes
  }

  /// Files that escape, in a folder that holds `secret.mp4`, `secret.png` and `secret.txt`.
  static func all(in folder: String) -> [Escape] {
    playlists(folder) + lists(folder) + descriptions(folder) + pointers(folder)
  }

  /// Names that libav would take for addresses, were it given them.
  static func names(in folder: String) -> [String] {
    [
      "file:secret.mp4", "file://\(folder)/secret.mp4", "concat:secret.mp4|secret.mp4", "concatf:list.txt",
      "subfile,,start,0,end,0,,:secret.mp4", "crypto:secret.mp4", "cache:secret.mp4", "async:secret.mp4",
      "data:video/mp4;base64,AAAAIGZ0eXBpc29t", "pipe:0", "fd:0", "http://127.0.0.1:9/a.mp4",
      "rtmp://127.0.0.1:9/a",
      "tcp://127.0.0.1:9", "udp://127.0.0.1:9", "concat:file:secret.mp4|concat:secret.mp4", "secret%d.png",
      "*.png",
      "lavfi:testsrc",
    ]
  }
}

extension Escape {
  private static func hls(_ address: String, more: String = "") -> String {
    "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:1\n\(more)#EXTINF:1,\n\(address)\n#EXT-X-ENDLIST\n"
  }

  private static func playlists(_ folder: String) -> [Escape] {
    [
      Escape("a playlist of a neighbour", "a01.mp4", hls("secret.mp4")),
      Escape("a playlist of an absolute path", "a02.mp4", hls("\(folder)/secret.mp4")),
      Escape("a playlist of a file address", "a03.mp4", hls("file://\(folder)/secret.mp4")),
      Escape("a playlist of a host", "a04.mp4", hls("http://127.0.0.1:9/a.ts")),
      Escape("a playlist of a playlist", "a05.mp4", "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na01.mp4\n"),
      Escape(
        "a playlist with a key", "a06.mp4",
        hls("secret.mp4", more: "#EXT-X-KEY:METHOD=AES-128,URI=\"secret.txt\"\n")),
      Escape(
        "a playlist with a header", "a07.mp4", hls("secret.mp4", more: "#EXT-X-MAP:URI=\"secret.mp4\"\n")),
      Escape("a playlist of crypto", "a08.mp4", hls("crypto+file://\(folder)/secret.mp4")),
      Escape("a playlist of data", "a09.mp4", hls("data:video/mp4;base64,AAAAIGZ0eXBpc29t")),
      Escape("a playlist of concat", "a10.mp4", hls("concat:\(folder)/secret.mp4|\(folder)/secret.mp4")),
      Escape("a playlist of a piece", "a11.mp4", hls("subfile,,start,0,end,0,,:\(folder)/secret.mp4")),
      Escape("a playlist under its own name", "a12.m3u8", hls("secret.mp4")),
      Escape("a playlist named avi", "a13.avi", hls("secret.mp4")),
      Escape("a plain list named avi", "a14.avi", "#EXTM3U\nsecret.mp4\n"),
    ]
  }

  private static func lists(_ folder: String) -> [Escape] {
    [
      Escape("concat of a neighbour", "b01.mp4", "ffconcat version 1.0\nfile secret.mp4\n"),
      Escape("concat of an absolute path", "b02.mp4", "ffconcat version 1.0\nfile '\(folder)/secret.mp4'\n"),
      Escape("concat of an address", "b03.mkv", "ffconcat version 1.0\nfile file:secret.mp4\n"),
      Escape(
        "concat with options", "b04.mp4",
        "ffconcat version 1.0\nfile secret.mp4\noption safe 0\ninpoint 0\noutpoint 1\n"),
      Escape("concat under its own name", "b05.ffconcat", "file secret.mp4\n"),
      Escape("concat of itself", "b06.mp4", "ffconcat version 1.0\nfile b06.mp4\n"),
      Escape("a list of addresses", "b07.wmv", "[Reference]\nRef1=file://\(folder)/secret.mp4\n"),
      Escape(
        "an asx list", "b08.wmv", "<asx version=\"3.0\"><entry><ref href=\"secret.mp4\"/></entry></asx>"),
      Escape("a smil list", "b09.mp4", "<smil><body><video src=\"secret.mp4\"/></body></smil>"),
      Escape(
        "subtitles of a neighbour", "b10.idx", "# VobSub index file, v7\nsize: 720x576\nid: en, index: 0\n"),
      Escape("a script", "b11.avs", "DirectShowSource(\"secret.mp4\")\n"),
      Escape("a script in Python", "b12.vpy", "import os; os.system('cat secret.txt')\n"),
    ]
  }

  private static func dash(_ base: String, more: String = "") -> String {
    """
    <?xml version="1.0"?>\(more)<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" \
    mediaPresentationDuration="PT1S" profiles="urn:mpeg:dash:profile:isoff-on-demand:2011"><Period><AdaptationSet \
    mimeType="video/mp4"><Representation id="1" bandwidth="1" codecs="avc1"><BaseURL>\(base)</BaseURL></Representation>\
    </AdaptationSet></Period></MPD>
    """
  }

  private static func descriptions(_ folder: String) -> [Escape] {
    let session =
      "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
    return [
      Escape("a DASH description of a neighbour", "c01.mp4", dash("secret.mp4")),
      Escape("a DASH description of a path", "c02.mp4", dash("file://\(folder)/secret.mp4")),
      Escape("a DASH description of a host", "c03.mpd", dash("http://127.0.0.1:9/a.mp4")),
      Escape(
        "an entity of XML", "c04.mpd",
        dash("&secret;", more: "<!DOCTYPE x [<!ENTITY secret SYSTEM \"file://\(folder)/secret.txt\">]>")),
      Escape("a session", "c05.sdp", session),
      Escape("a session named mp4", "c06.mp4", session),
      Escape("an address of a stream", "c07.mp4", "RTSPtextrtsp://127.0.0.1:9/a\n"),
      Escape("a list of pictures", "c08%03d.png", "not a picture"),
      Escape(
        "a package of parts", "c09.xml",
        "<?xml version=\"1.0\"?><CompositionPlaylist xmlns=\"http://www.smpte-ra.org/schemas/2067-3/2016\"/>"),
    ]
  }

  /// Containers with a way to say that their data is elsewhere.
  private static func pointers(_ folder: String) -> [Escape] {
    var address = Box.Track()
    address.dataReferences =
      Box.big(UInt32(1)) + Box.full("url ", Array("file://\(folder)/secret.mp4".utf8), [0])
    var path = Box.Track()
    path.dataReferences = Box.big(UInt32(1)) + alias(path: "/:\(folder)/secret.mp4")
    var relative = Box.Track()
    relative.dataReferences = Box.big(UInt32(1)) + alias(path: nil)
    let movie = Box.make(
      "moov",
      Box.make(
        "rmra",
        Box.make(
          "rmda", Box.full("rdrf", Array("url ".utf8), Box.big(UInt32(11)), Array("secret.mp4".utf8), [0]))))
    let linked =
      Element.make([0x73, 0xA4], Box.zeros(16)) + Element.make([0x3E, 0xB9, 0x23], Array(1...16))
      + Element.text([0x3E, 0x83, 0xBB], "secret.mp4")
    let chapters = Element.make(
      [0x10, 0x43, 0xA7, 0x70],
      Element.make([0x45, 0xB9], Element.make([0xB6], Element.make([0x6E, 0x67], Array(1...16)))))
    let header = Box.make("ftyp", Array("qt  ".utf8), Box.big(UInt32(0)))
    return [
      Escape("a track whose data is at an address", "d01.mp4", Box.file(address.box)),
      Escape("a track whose data is at a path", "d02.mov", Box.file(path.box)),
      Escape("a track whose data is a neighbour", "d03.mov", Box.file(relative.box)),
      Escape("a movie that is a neighbour", "d04.mov", header + movie),
      Escape(
        "a segment that goes on in a neighbour", "d05.mkv",
        Element.file(
          information: linked, tracks: Element.track(codec: "V_VP8", width: 64, height: 48),
          clusters: chapters)),
      Escape("a first part of several", "d06.MLV", Array("MLVI".utf8) + Box.zeros(48)),
    ]
  }

  /// A classic Macintosh alias to `secret.mp4`, by an absolute path or as a neighbour.
  private static func alias(path: String?) -> [UInt8] {
    func field(_ text: String, _ length: Int) -> [UInt8] {
      [UInt8(text.utf8.count)] + Array(text.utf8) + Box.zeros(length - text.utf8.count)
    }
    var body = Box.zeros(10) + field("disk", 27) + Box.zeros(12) + field("secret.mp4", 63) + Box.zeros(16)
    body += Box.big(UInt16(1)) + Box.big(UInt16(1)) + Box.zeros(16)
    let text = Array((path ?? "secret.mp4").utf8)
    body += Box.big(UInt16(2)) + Box.big(UInt16(text.count)) + text + Box.zeros(text.count % 2)
    return Box.full("alis", body, [0xff, 0xff], Box.zeros(40))
  }
}
