/// How numbers are kept in memory; computing is always in float32.
public enum NumberPrecision: String, CaseIterable, Sendable {
  /// 24 bits of precision.
  case float32
  /// The upper half of a float32.
  case bfloat16
}
