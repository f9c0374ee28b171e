import Curation
import Fields
import Tasks

/// One file that decides a run: data, task, optimizer, steps. There is no inheritance and no other source of settings but
/// `--set` on the command line, which goes through the same table of fields.
public struct Recipe: Sendable {
  /// The version that this program writes; `RecipeVersion` lifts older ones.
  public static let version = 2

  /// Remarks for the reader, line by line.
  public let notes: [String]
  /// Seed of every random draw of the run.
  public let seed: Int
  /// Which clips are learned from.
  public let data: DataSection
  /// What is kept of the clips.
  public let curation: CurationLimits
  /// Which kind of task it is.
  public let kind: TaskKind
  /// What is asked for: the model, the objective, and what belongs to them.
  public let task: any VideoTask
  /// What the run starts from, and what of it is trained.
  public let start: StartSection
  /// How weights follow gradients.
  public let optimizer: OptimizerSection
  /// How long, and what happens every so many steps.
  public let training: TrainingSection
  /// What is measured beside the held-out loss.
  public let evaluation: EvaluationSection

  /// The recipe as JSON with every default filled in.
  let resolved: JSON

  private init(_ section: Section) {
    section.ignored(
      "$schema", .string(mayBeEmpty: true), "Path of a JSON Schema for editors to check by; ignored here.")
    _ = section.integer(
      "version", Self.version...Self.version,
      "The version of the recipe's keys; a recipe that names none is read as version 1, whose keys had other names."
    )
    let line = Kind.string(mayBeEmpty: true)
    let remarks = section.optionalValue(
      "notes", .either(line, or: .list(of: line, count: 0...1000)), .optional,
      "Remarks for the reader: what the recipe is for, where its numbers come from.")
    notes =
      switch remarks?.value {
      case .string(let note): [note]
      case .list(let lines): lines.map(\.string)
      default: []
      }
    seed = section.integer("seed", 0...Int.max, default: 0, "Seed of every random draw of the run.")
    let (kind, keys) = section.section("task", "What is asked for.") { section in
      let kind = section.choice(
        "kind", default: TaskKind.textToVideo,
        "The kind of task, which decides what other keys a recipe has.")
      return (kind, TaskKeys(section, of: kind.task))
    }
    self.kind = kind
    var data = section.section("data", "Which clips, and what stretch and size of them.", DataSection.init)
    curation = section.section(
      "curation", "What vfm-data curate keeps of the clips; training does not read it.",
      CurationLimits.init(_:))
    task = kind.task.init(section, keys, clips: data.clipShape)
    data.readsCaptions = task.captions != nil
    self.data = data
    section.reader.expect(
      data.balance == .none || task.classSource != nil, of: "data.balance", "task.kind",
      otherwise: "a task of kind \"\(kind.rawValue)\" knows no classes; leave the key out")
    section.reader.expect(
      data.latents == nil || task.readsLatents, of: "data.latents", "task.kind",
      otherwise:
        "task.kind \"\(kind.rawValue)\" learns from pixels here; leave data.latents out, or give task.autoencoder where "
        + "the kind has that key")
    let start = section.section(
      "start", "What a new run starts from, and what of it is trained.", StartSection.init)
    self.start = start
    optimizer = section.section(
      "optimizer", "AdamW or Muon, the learning rate, and the average of the weights.", OptimizerSection.init)
    section.reader.expect(
      optimizer.emaDecay > 0 || !task.learnsFromAverage, of: "optimizer.emaDecay", "task.kind",
      otherwise:
        "must be above 0 where task.kind is \"\(kind.rawValue)\": the average of the weights is the teacher that "
        + "the model learns from; leave it out for the default")
    section.reader.expect(
      optimizer.emaDecay < 1 || optimizer.approachesEmaDecay || !task.learnsFromAverage,
      of: "optimizer.emaDecay",
      "optimizer.emaApproach", "task.kind",
      otherwise:
        "must be below 1 where task.kind is \"\(kind.rawValue)\" and optimizer.emaApproach is false: the teacher would stay "
        + "what it was at the beginning, and teach nothing")
    training = section.section(
      "training", "How long, in what portions, and what happens every so many steps.", TrainingSection.init)
    evaluation = section.section(
      "evaluation", "What is measured beside the held-out loss."
    ) {
      EvaluationSection($0, start: start)
    }
    section.reportUnknownKeys()
    resolved = JSON(.object(section.resolved))
    checkShapes(section)
  }

  /// Every field that a recipe of a kind may have, as one object: what a recipe that names only its kind declares while
  /// it is read.
  static func table(of kind: TaskKind) -> Field { tables[kind]! }

  private static let tables: [TaskKind: Field] = Dictionary(
    uniqueKeysWithValues: TaskKind.allCases.map { kind in
      let kindAlone = JSON.Member(key: "kind", value: JSON(.string(kind.rawValue)))
      let json = JSON(.object([JSON.Member(key: "task", value: JSON(.object([kindAlone])))]))
      return (kind, Field.table("A run of training.", reading: json) { _ = Recipe($0) })
    })
}

extension Recipe: Equatable {
  /// Whether both say the same.
  public static func == (left: Recipe, right: Recipe) -> Bool { left.resolved == right.resolved }
}

extension Recipe {
  /// Reads the recipe at a path; `overrides` are the texts after `--set`, for example `training.steps=100`, later ones
  /// winning. Throws `RecipeErrors` with everything that is wrong at once.
  public static func load(path: String, overrides: [String] = []) throws -> Recipe {
    try read(SourceText(path: path), overrides: overrides)
  }

  /// Reads a recipe from its text, such as the one kept in a checkpoint; `name` stands for the path in messages.
  public static func parse(_ text: String, name: String, overrides: [String] = []) throws -> Recipe {
    try read(SourceText(name: name, bytes: text.utf8), overrides: overrides)
  }

  /// Reads, checks, and throws everything that is wrong.
  static func read(_ text: SourceText, overrides: [String] = []) throws -> Recipe {
    try Document.read(
      text, overrides: overrides, knowledge: knowledge, lift: RecipeVersion.lift, declare: Recipe.init)
  }

  private static let knowledge = Knowledge(
    table: { json in
      guard case .string(let name) = json["task"]?["kind"]?.value, let kind = TaskKind(rawValue: name) else {
        return table(of: .textToVideo)
      }
      return table(of: kind)
    },
    remedy: { path in
      if let now = RecipeVersion.renamed(path) { return "since version 2 it is called \(now)" }
      let keys = path.split(separator: ".").map(String.init)
      let kinds = TaskKind.allCases.filter { table(of: $0).field(at: keys) != nil }
      return kinds.isEmpty
        ? nil : "which belongs to task.kind \(kinds.map { "\"\($0.rawValue)\"" }.joined(separator: " and "))"
    })
}
