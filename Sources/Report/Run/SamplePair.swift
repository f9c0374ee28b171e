/// What the base made of a prompt beside what the model makes of it now, from the same noise.
struct SamplePair: Equatable {
  /// Nil where the base was not asked, since the prompt came later.
  let base: SampleSet.Clip?
  let now: SampleSet.Clip

  /// The newest clips in their order, each with the base's for the same words: at the same place if they stand there, else
  /// at the first place where they do.
  static func all(_ base: [SampleSet.Clip], _ now: [SampleSet.Clip]) -> [SamplePair] {
    now.map { clip in
      let same = base.filter { $0.caption == clip.caption }
      return SamplePair(base: same.first { $0.index == clip.index } ?? same.first, now: clip)
    }
  }
}
