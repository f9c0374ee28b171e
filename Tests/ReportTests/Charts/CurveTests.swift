import Testing

@testable import Report

struct CurveTests {
  /// A saw with one high tooth and one low one.
  private let saw: Curve = {
    var points = (0..<10_000).map { Curve.Point(x: Double($0), y: Double($0 % 7)) }
    points[4321].y = 99
    points[6789].y = -99
    return Curve(points)
  }()

  @Test func thinningKeepsEndsAndExtremes() {
    let thin = saw.thinned(to: 500)
    #expect(thin.points.count <= 500)
    #expect(thin.points.count > 300)
    #expect(thin.points.first == saw.points.first)
    #expect(thin.points.last == saw.points.last)
    #expect(thin.points.contains { $0 == Curve.Point(x: 4321, y: 99) })
    #expect(thin.points.contains { $0 == Curve.Point(x: 6789, y: -99) })
    #expect(zip(thin.points, thin.points.dropFirst()).allSatisfy { $0.x < $1.x })
  }

  @Test func thinningKeepsGaps() {
    var holed = saw
    holed.points[5000].y = .nan
    #expect(holed.thinned(to: 500).points.contains { $0.x == 5000 && $0.y.isNaN })
  }

  @Test func fewPointsStayAsTheyAre() {
    let few = Curve([.init(x: 0, y: 1), .init(x: 1, y: 2)])
    #expect(few.thinned(to: 500) == few)
    #expect(Curve([]).thinned(to: 500) == Curve([]))
  }

  @Test func smoothingTakesTheMeanAround() {
    let steps = Curve((0..<9).map { Curve.Point(x: Double($0), y: Double($0 % 2 * 3)) })
    let smooth = steps.smoothed(window: 3, to: 100)
    #expect(smooth.points.map(\.x) == steps.points.map(\.x))
    #expect(smooth.points.map(\.y) == [1.5, 1, 2, 1, 2, 1, 2, 1, 1.5])
  }

  @Test func smoothingPassesOverGaps() {
    let curve = Curve(
      [1, .nan, 3, .nan, .nan, .nan].enumerated().map { (x: Int, y: Double) in Curve.Point(x: Double(x), y: y)
      })
    let smooth = curve.smoothed(window: 3, to: 100)
    #expect(smooth.points.map(\.y).prefix(4) == [1, 2, 3, 3])
    #expect(smooth.points[4].y.isNaN)
    #expect(smooth.last == 3)
  }

  @Test func smoothingGivesSoManyPlaces() {
    let smooth = saw.smoothed(window: 70, to: 300)
    #expect(smooth.points.count == 300)
    #expect(smooth.points.first?.x == 0)
    #expect(smooth.points.last?.x == 9999)
    #expect(Curve([]).smoothed(window: 5, to: 300) == Curve([]))
    let one = Curve([.init(x: 7, y: 2)])
    #expect(one.smoothed(window: 5, to: 300) == one)
  }

  @Test func nearestValues() {
    let curve = Curve([.init(x: 0, y: 1), .init(x: 10, y: 2), .init(x: 20, y: 3)])
    #expect([-5, 4, 6, 19, 400].map { curve.value(near: $0) } == [1, 1, 2, 3, 3])
    #expect(Curve([]).value(near: 1) == nil)
  }
}
