/// What is wrong with a JSON text, in words that follow "line 3: ".
struct JSONProblem: Error, Equatable {
  let text: String

  /// The text is no JSON.
  static func syntax(_ reason: String, at byte: Int) -> JSONProblem {
    JSONProblem(text: "it is not valid JSON (byte \(byte + 1): \(reason))")
  }

  /// A key has a value of another kind than it must.
  static func kind(_ key: String, mustBe words: String) -> JSONProblem {
    JSONProblem(text: "\(key) must be \(words)")
  }
}
