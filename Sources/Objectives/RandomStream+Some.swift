import Tensors

extension RandomStream {
  /// So many of some numbers, each as likely, ascending: the first of a random order.
  mutating func some(_ count: Int, of numbers: [Int]) -> [Int] {
    var numbers = numbers
    for place in 0..<count { numbers.swapAt(place, place + below(numbers.count - place)) }
    return numbers.prefix(count).sorted()
  }
}
