import Testing

@testable import Report

struct HTMLTests {
  @Test(arguments: [
    ("a <b> & 'c' \"d\"", "a &lt;b&gt; &amp; &#39;c&#39; &quot;d&quot;"),
    ("</pre><script>", "&lt;/pre&gt;&lt;script&gt;"), ("&amp;", "&amp;amp;"), ("", ""),
    ("été 日本 🎈\n\t", "été 日本 🎈\n\t"), ("a\u{0}b\u{1B}[1m\r\n", "a\u{FFFD}b\u{FFFD}[1m\u{FFFD}\n"),
  ])
  func escaping(_ text: String, _ safe: String) {
    #expect(HTML.escaped(text) == safe)
  }
}
