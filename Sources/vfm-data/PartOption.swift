import ArgumentParser
import ClipIndexing
import Clips

/// The option of commands that prepare a recipe's clips in a folder, where several processes may do so together.
struct PartOption: ParsableArguments {
  @Option(
    help:
      "Which part of the clips, as in 3/8: several processes or machines do one part each, into the same folder. Training needs all of them."
  )
  var shard: Indexing.Shard?

  /// The part that is asked for; all clips unless one is.
  var part: FolderPart { shard.map { FolderPart($0.number, of: $0.count) } ?? .whole }
}
