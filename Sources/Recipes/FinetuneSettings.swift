import Fields
import Tasks

/// What a fine-tuning run says that its base's recipe does not: where from, on what, and how.
public struct FinetuneSettings: Sendable {
  /// The base.
  public var from: String
  /// What is trained.
  public var method: StartSection.Method
  /// The new clips, as `data.train` takes them, and how many there are.
  public var data: String, clips: Int
  /// Held-out clips of the new kind, if there are any.
  public var validation: String?
  /// Clips of the kind that the base knows, to measure what is forgotten; nil for none.
  public var remember: ClipList?
  /// Some captions of the new clips.
  public var captions: [String]
  /// Steps of the run, if they are not chosen by the number of clips.
  public var steps: Int?

  /// A list of clips, and the folder that they must lie in.
  public struct ClipList: Sendable, Equatable {
    /// As recipes give both.
    public let path: String, root: String?

    /// A list of clips.
    public init(path: String, root: String?) {
      self.path = path
      self.root = root
    }
  }

  /// Settings of a run.
  public init(
    from: String, method: StartSection.Method, data: String, clips: Int, validation: String?,
    remember: ClipList?, captions: [String]
  ) {
    self.from = from
    self.method = method
    self.data = data
    self.clips = clips
    self.validation = validation
    self.remember = remember
    self.captions = captions
  }
}

extension Recipe {
  /// The text of a recipe that fine-tunes a model of this recipe: its own sizes, task and data shape, with steps and
  /// learning rate that suit the method and the number of clips.
  ///
  /// - Full fine-tuning takes a quarter of the base's learning rates, since what is there is to stay; adapters start at
  ///   nothing and take all of it. Each clip is seen 60 times, in 200 to 4,000 steps.
  /// - What was trained by Muon goes on so where all of the model is trained; adapters and heads are AdamW's.
  public func finetuning(_ settings: FinetuneSettings) -> String {
    let batch = max(1, min(training.batchSize, settings.clips))
    let steps = settings.steps ?? min(4000, max(200, settings.clips * 60 / batch))
    let share = settings.method == .full ? 0.25 : 1
    var json = resolved
    for path in [
      ["data", "root"], ["data", "index"], ["data", "packed"], ["data", "latents"],
      ["data", "validation"],
      // A few new clips do not fill several shapes.
      ["data", "shapes"], ["data", "shapeChoice"], ["start"], ["evaluation"],
    ] {
      _ = json.removing(path)
    }
    func set(_ value: JSON.Value, _ path: String...) { json = json.setting(JSON(value), at: path) }
    if let other = task.finetuning {
      for section in other.dropped + ["samples"] { _ = json.removing([section]) }
      // The average is no teacher any more, and that of a fresh head is to leave its random beginning soon.
      _ = json.removing(["optimizer", "emaApproach"])
      // Patterns of this model's parameters may mean none of the other's.
      _ = json.removing(["optimizer", "muon", "exclude"])
      set(.string(other.kind), "task", "kind")
      for (path, text) in other.keys {
        json = json.setting(JSON(.string(text)), at: path.split(separator: ".").map(String.init))
      }
    }
    set(.list([JSON(.string("Fine-tuning of \(settings.from) on \(settings.data)."))]), "notes")
    set(.string(settings.data), "data", "train")
    if let validation = settings.validation { set(.string(validation), "data", "validation") }
    set(.string(settings.from), "start", "from")
    set(.string(settings.method.rawValue), "start", "method")
    set(.number(optimizer.learningRate * share), "optimizer", "learningRate")
    if settings.method == .full && optimizer.kind == .muon {
      set(.number(optimizer.muon.learningRate * share), "optimizer", "muon", "learningRate")
    } else {
      for key in ["kind", "muon"] { _ = json.removing(["optimizer", key]) }
    }
    set(.integer(steps / 20), "optimizer", "warmupSteps")
    set(.integer(batch), "training", "batchSize")
    set(.integer(1), "training", "gradientAccumulation")
    set(.integer(steps), "training", "steps")
    for key in ["checkpointEvery", "validateEvery"] { set(.integer((steps + 4) / 5), "training", key) }
    set(.integer(steps), "training", "sampleEvery")
    set(.integer(max(1, steps / 20)), "training", "logEvery")
    if let remember = settings.remember {
      set(.string(remember.path), "evaluation", "remember")
      if let root = remember.root { set(.string(root), "evaluation", "rememberRoot") }
    }
    if let samples = task.samples {
      let prompts = settings.captions.prefix(4) + samples.prompts.prefix(4)
      set(.list(prompts.map { JSON(.string($0)) }), "samples", "prompts")
    }
    return json.text + "\n"
  }

  /// Lists of clips of kinds that a model of this recipe knows, the newest kind first.
  public var known: [FinetuneSettings.ClipList] {
    let lists = [(data.validation, data.root), (evaluation.remember, evaluation.rememberRoot)]
    return lists.compactMap { path, root in path.map { FinetuneSettings.ClipList(path: $0, root: root) } }
  }

  /// The same for weights that need no base: without `start`, and with nothing but the task's own of what follows from it.
  /// - Throws: `RecipeErrors`, which a recipe that was read does not.
  public func withoutStart() throws -> Recipe {
    var json = resolved
    for path in [["start"], ["evaluation", "keepBest"]] { _ = json.removing(path) }
    return try Recipe.parse(json.text, name: "the recipe without start")
  }
}
