import Fields

/// What is measured beside the held-out loss.
public struct EvaluationSection: Equatable, Sendable {
  /// Path of clips of the kind that the base knows, as written.
  public let remember: String?
  /// The folder that these clips must lie in, where it is not that of their list.
  public let rememberRoot: String?
  /// Whether the best checkpoint by held-out loss is kept beside the newest.
  public let keepBest: Bool
  /// After how many looks without a better held-out loss the run says so; 0 for never.
  public let patience: Int

  init(_ section: Section, start: StartSection) {
    remember = section.optionalString(
      "remember",
      "Clips of the kind that the base was trained on, given like data.train: the loss on them says what a fine-tuned "
        + "model has forgotten.")
    rememberRoot = section.optionalString(
      "rememberRoot", "The folder that the clips of evaluation.remember must lie in, given like data.root.")
    keepBest = section.flag(
      "keepBest", default: start.from != nil, from: "true where there is a start.from",
      "Whether the checkpoint with the least held-out loss is kept in best/, beside the newest ones.")
    patience = section.integer(
      "patience", 0...1_000_000, default: 3,
      "Looks at the held-out loss without a better one after which the run says so; 0 never does.")
  }
}
