import Checkpoints
import Clips
import Fields
import Layers
import Manifests

/// What a task notes of the training clips when a run begins, such as its vocabulary: kept in each checkpoint as
/// attributes, since parameters mean nothing without it.
public typealias TaskFacts = [String: Attribute]

/// What a recipe asks for: a kind of model and of objective, named by the recipe's `task.kind`.
///
/// A task is a value read from a recipe. It knows how to build its model, objective, sampler and evaluators, and what a
/// checkpoint must say of them; trainer, plan, samples and commands know only what stands here.
public protocol VideoTask: Sendable {
  /// Declares and reads the task's keys; `section` is the whole recipe.
  /// - Parameter clips: the shape of the clips that the recipe asks for.
  init(_ section: Section, clips: ClipShape)
  /// The same where the recipe's section `task` says more than the kind; by default it does not.
  init(_ section: Section, _ keys: TaskKeys, clips: ClipShape)
  /// Whether models of this kind can see clips through an autoencoder; by default they cannot.
  static var canLearnFromLatents: Bool { get }

  /// How captions become tokens; nil for tasks that read none.
  var captions: TokenizerSection? { get }
  /// Where the classes of clips come from; nil for tasks that learn none.
  var classSource: LabelSource? { get }
  /// The model's stacks of equal blocks, which a plan extrapolates over.
  var stacks: [Stack] { get }
  /// The tokens of a training clip.
  var tokensPerClip: Int { get }
  /// The tokens of a clip of another shape that passed `check`; nil, as by default, for kinds whose model is made for the
  /// one shape.
  func tokens(of clips: ClipShape) -> Int?
  /// Reports a further shape of training clips that the model cannot take.
  /// - Parameters:
  ///   - path: where it stands in the recipe: "data.shapes[0]".
  ///   - section: the whole recipe.
  func check(_ clips: ClipShape, at path: String, _ section: Section)
  /// What the frames of a clip are a multiple of, so that a trial may cut it shorter; `.max` where it may not.
  var frameUnit: Int { get }
  /// Attributes of the task's checkpoints that say what the numbers in them mean.
  var conventions: [String: String] { get }
  /// The parameters that `--method head` trains: what a model of this kind puts on top of its features; none if it has
  /// no such part.
  var head: [NamePattern] { get }
  /// The linear layers that adapters go to unless a recipe says otherwise.
  var adapterTargets: [NamePattern] { get }
  /// What is trained beside adapters: a head that no base has, say.
  var trainedBesideAdapters: [NamePattern] { get }
  /// The first and last layers of the model, whose matrices Muon leaves to AdamW unless a recipe says otherwise; by default
  /// what lies before the first block of each stack.
  var muonExcluded: [NamePattern] { get }
  /// Another kind of task that models of this kind are fine-tuned for; nil for their own.
  var finetuning: FinetuningKind? { get }
  /// What is sampled while training; nil for tasks that generate nothing.
  var samples: SamplesSection? { get }
  /// Whether the task learns from the average of the weights, so that a run must keep one; by default it does not.
  var learnsFromAverage: Bool { get }
  /// Whether the task learns from latents where `data.latents` names a folder of them (`Examples.content`); by default it
  /// learns from pixels only.
  var readsLatents: Bool { get }
  /// Opens the autoencoder whose latents `vfm-data encode` keeps, and whose weights those in `data.latents` must be of; nil,
  /// as by default, for kinds without one.
  /// - Throws: an error for people when it cannot be read.
  func autoencoder() throws -> AutoencoderFile?

  /// What the training clips say that the model depends on.
  /// - Parameter base: the facts of the checkpoint that the run starts from: what they mean must not change.
  /// - Throws: an error for people when the clips do not serve, or the base's facts do not fit.
  func facts(of manifest: Manifest, base: TaskFacts?) throws -> TaskFacts
  /// How a base becomes this task's model; nil when its kind is none that this one begins from.
  /// - Throws: `BaseFitError` when its kind is one, and its model does not fit.
  func fit(of base: any VideoTask, _ baseFacts: TaskFacts, facts: TaskFacts) throws -> BaseFit?
  /// What is good to know of the clips before a run begins, in sentences.
  /// - Parameter validation: gives the held-out clips, if there are any.
  /// - Throws: an error for people when the clips do not serve.
  func notes(on train: Manifest, validation: () throws -> Manifest?, facts: TaskFacts) throws -> [String]
  /// The tables that have more rows with these facts than with the base's: by parameter name, the rows of the base.
  func grownTables(from base: TaskFacts, to facts: TaskFacts) throws -> [String: Int]
  /// How many text tokens a caption is padded to; 0 for tasks without captions.
  func textLength(_ facts: TaskFacts) -> Int
  /// Builds the model and all that belongs to it; its parameters are registered and not yet allocated.
  /// - Throws: an error for people when the facts are not of this task.
  func subject(_ context: BuildContext) throws -> Subject
}

extension VideoTask {
  /// By `init(_:clips:)`.
  public init(_ section: Section, _ keys: TaskKeys, clips: ClipShape) { self.init(section, clips: clips) }
  /// They cannot.
  public static var canLearnFromLatents: Bool { false }
  /// The model is made for one shape.
  public func tokens(of clips: ClipShape) -> Int? { nil }
  /// None is asked about.
  public func check(_ clips: ClipShape, at path: String, _ section: Section) {}
  /// It does not.
  public var learnsFromAverage: Bool { false }
  /// It does not.
  public var readsLatents: Bool { false }
  /// There is none.
  public func autoencoder() throws -> AutoencoderFile? { nil }
  /// None.
  public var classSource: LabelSource? { nil }
  /// Nothing.
  public var trainedBesideAdapters: [NamePattern] { [] }
  /// What lies before the first block of each stack.
  public var muonExcluded: [NamePattern] { stacks.flatMap(\.before) }
  /// Models are fine-tuned for their own kind.
  public var finetuning: FinetuningKind? { nil }
  /// A base of the same kind, by the same names.
  public func fit(of base: any VideoTask, _ baseFacts: TaskFacts, facts: TaskFacts) throws -> BaseFit? {
    base is Self ? BaseFit() : nil
  }
  /// Nothing.
  public func notes(
    on train: Manifest, validation: () throws -> Manifest?, facts: TaskFacts
  ) throws -> [String] { [] }
}

/// A stack of equal blocks.
public struct Stack: Sendable, Equatable {
  /// The beginning of the names of its parameters: "transformer.blocks".
  public let name: String
  /// How many blocks it has.
  public let depth: Int
  /// The parameters that lie before its first block.
  public let before: [NamePattern]
  /// The fewest blocks that a model of this kind works with.
  public let least: Int

  /// A stack.
  public init(_ name: String, depth: Int, before: [NamePattern] = [], least: Int = 0) {
    self.name = name
    self.depth = depth
    self.before = before
    self.least = least
  }
}
