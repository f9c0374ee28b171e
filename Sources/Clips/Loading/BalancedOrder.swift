import Tensors

/// An order that shows each class as often as any other, and within a class each clip as often as any other.
///
/// Every epoch has each class the same number of times, as often as makes at least as many samples as there are clips,
/// in an order of its own. A class's clips come in turn, all of them once before any comes again, each round in an order
/// of its own; a round may begin in one epoch and end in the next.
struct BalancedOrder: ClipOrder {
  /// The clips of all classes, class by class.
  private let clips: [Int]
  /// Where each class begins in `clips`, and the end.
  private let starts: [Int]
  /// The place of each clip's class in `starts`.
  private let places: [Int]
  private let seed: UInt64
  /// How often an epoch has each class.
  let perEpoch: Int

  /// An order of clips of some classes.
  /// - Parameter classes: the class of each clip; which numbers they are does not matter.
  init(classes: [Int], seed: UInt64) {
    precondition(!classes.isEmpty, "an order needs at least one clip")
    let numbers = Set(classes).sorted()
    let placesOfNumbers = Dictionary(uniqueKeysWithValues: zip(numbers, numbers.indices))
    places = classes.map { placesOfNumbers[$0]! }
    var starts = Array(repeating: 0, count: numbers.count + 1)
    for place in places { starts[place + 1] += 1 }
    for place in numbers.indices { starts[place + 1] += starts[place] }
    var (next, clips) = (starts, Array(repeating: 0, count: classes.count))
    for (clip, place) in places.enumerated() {
      clips[next[place]] = clip
      next[place] += 1
    }
    (self.starts, self.clips, self.seed) = (starts, clips, seed)
    perEpoch = (classes.count + numbers.count - 1) / numbers.count
  }

  /// How many classes there are.
  private var classCount: Int { starts.count - 1 }
  /// The samples of an epoch.
  var epochLength: Int { perEpoch * classCount }

  subscript(position: Int) -> (epoch: Int, index: Int) {
    precondition(position >= 0, "a position must not be negative")
    let epoch = position / epochLength
    let slot = KeyedPermutation(count: epochLength, seed: seed, round: epoch)[position % epochLength]
    let (place, turn) = (slot % classCount, epoch * perEpoch + slot / classCount)
    let members = starts[place]..<starts[place + 1]
    let round = KeyedPermutation(
      count: members.count, seed: seed, round: turn / members.count, list: place + 1)
    return (epoch, clips[members.lowerBound + round[turn % members.count]])
  }

  /// Of the same class as the clip that should stand there, as long as there is one to try; then any.
  func replacement(at position: Int, attempt: Int) -> Int {
    let place = places[self[position].index]
    let members = starts[place]..<starts[place + 1]
    let drawn = min(attempt, drawnReplacements)
    var stream = RandomStream(seed: seed, purpose: .replacement, step: position, sample: drawn)
    let (first, walked) = (stream.below(members.count), attempt - drawn)
    if walked < members.count { return clips[members.lowerBound + (first + walked) % members.count] }
    return clips[(members.upperBound + walked - members.count) % clips.count]
  }
}
