/// One file that decides a run: data, model, objective, optimizer, steps. There is no inheritance and no
/// other source of settings but `--set` on the command line, which goes through the same table of fields.
public struct Recipe: Equatable, Sendable {
  /// Remarks for the reader, line by line.
  public let notes: [String]
  /// Seed of every random draw of the run.
  public let seed: Int
  /// Which clips are learned from.
  public let data: DataRecipe
  /// What is kept of the clips.
  public let curation: CurationRecipe
  /// How captions become tokens.
  public let tokenizer: TokenizerRecipe
  /// Sizes of the text encoder.
  public let textEncoder: TextEncoderRecipe
  /// Sizes of the video model.
  public let model: ModelRecipe
  /// What is asked of the model.
  public let objective: ObjectiveRecipe
  /// How weights follow gradients.
  public let optimizer: OptimizerRecipe
  /// How long, and what happens every so many steps.
  public let training: TrainingRecipe
  /// What is sampled meanwhile.
  public let samples: SamplesRecipe

  /// The recipe as JSON with every default filled in.
  let resolved: JSON

  private init(_ section: Section) {
    section.ignored(
      "$schema", .string(mayBeEmpty: true), "Path of a JSON Schema for editors to check by; ignored here.")
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
    let data = section.section("data", "Which clips, and what stretch and size of them.", DataRecipe.init)
    self.data = data
    curation = section.section(
      "curation", "What vfm-data curate keeps of the clips; training does not read it.", CurationRecipe.init)
    tokenizer = section.section("tokenizer", "How captions become tokens.", TokenizerRecipe.init)
    textEncoder = section.section(
      "textEncoder", "Sizes of the text encoder (the layout of T5 v1.1), trained with the model.",
      TextEncoderRecipe.init)
    model = section.section(
      "model", "Sizes of the video diffusion transformer (the layout of Wan 2.1).", ModelRecipe.init)
    objective = section.section("objective", "What is asked of the model.", ObjectiveRecipe.init)
    optimizer = section.section(
      "optimizer", "AdamW, its learning rate, and the average of the weights.", OptimizerRecipe.init)
    training = section.section(
      "training", "How long, in what portions, and what happens every so many steps.", TrainingRecipe.init)
    samples = section.section("samples", "Clips sampled while training, to see how it goes.") {
      SamplesRecipe($0, data: data)
    }
    section.reportUnknownKeys()
    resolved = JSON(.object(section.resolved))
  }

  /// Every field there is, as one object: what an empty recipe declares while it is read.
  static let table: Field = {
    let section = Section(RecipeReader(SourceText(name: "", bytes: [])), nil)
    _ = Recipe(section)
    return Field(key: "", kind: .object(section.fields), presence: .required, meaning: "A run of training.")
  }()
}

extension Recipe {
  /// Reads the recipe at a path; `overrides` are the texts after `--set`, for example `training.steps=100`,
  /// later ones winning. Throws `RecipeErrors` with everything that is wrong at once.
  public static func load(path: String, overrides: [String] = []) throws -> Recipe {
    try read(SourceText(path: path), overrides: overrides)
  }

  /// Reads a recipe from its text, such as the one kept in a checkpoint; `name` stands for the path in
  /// messages.
  public static func parse(_ text: String, name: String, overrides: [String] = []) throws -> Recipe {
    try read(SourceText(name: name, bytes: text.utf8), overrides: overrides)
  }

  /// Reads, checks, and throws everything that is wrong.
  static func read(_ text: SourceText, overrides: [String] = []) throws -> Recipe {
    let reader = RecipeReader(text)
    var parser = JSONParser(text.bytes) { .file(offset: $0) }
    var json: JSON
    do {
      json = try parser.document()
    } catch {
      reader.report("", at: .file(offset: error.offset), error.message)
      try reader.finish()
      throw error
    }
    for (path, place) in parser.repeatedKeys {
      reader.report(path, at: place, "is here a second time; keep one of the two")
    }
    for text in overrides {
      do {
        json = try Override(text).applied(to: json)
      } catch {
        reader.report(error.path, at: .setting(text), error.message)
      }
    }
    let recipe = Recipe(Section(reader, json))
    recipe.check(with: reader)
    try reader.finish()
    return recipe
  }
}
