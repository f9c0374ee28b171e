import CLibAV

/// One of the eight ways a frame may lie in its file: turned by quarters, mirrored, or both.
///
/// A phone stores the frames as its sensor saw them and adds a matrix that maps a coded pixel (p, q) to the
/// displayed one:
/// ```
/// x = a·p + c·q        a b u      swapped when b and c outweigh a and d,
/// y = b·p + d·q        c d v      flipped where the weight that counts is negative
/// ```
struct Orientation: Equatable {
  /// Coded rows become displayed columns.
  var swapsAxes = false
  /// Displayed columns run against the coded axis they come from.
  var flipsX = false
  /// Displayed rows run against the coded axis they come from.
  var flipsY = false

  static let upright = Orientation()

  /// Degrees clockwise from coded to displayed, leaving a mirror aside.
  var rotation: Int {
    switch (swapsAxes, flipsX, flipsY) {
    case (false, false, _): 0
    case (false, true, false): 0
    case (false, true, true): 180
    case (true, true, _): 90
    case (true, false, _): 270
    }
  }
}

extension Orientation {
  /// The orientation in a display matrix of nine 16.16 numbers, row by row; other angles go to the nearest quarter.
  init(displayMatrix m: UnsafePointer<Int32>) {
    let (a, b, c, d) = (m[0], m[1], m[3], m[4])
    swapsAxes = b.magnitude > a.magnitude
    flipsX = swapsAxes ? c < 0 : a < 0
    flipsY = swapsAxes ? b < 0 : d < 0
  }
}
