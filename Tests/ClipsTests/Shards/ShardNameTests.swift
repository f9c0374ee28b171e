import Testing

@testable import Clips

struct ShardNameTests {
  @Test func aNameSaysPartAndNumber() {
    #expect(ShardName(.latents, .whole, 3).text == "latents-00003.h5")
    #expect(ShardName(.clips, FolderPart(2, of: 8), 123_456).text == "clips-2-of-8-123456.h5")
    for name in [ShardName(.clips, .whole, 0), ShardName(.clips, FolderPart(10, of: 12), 7)] {
      #expect(ShardName(.clips, name.text) == name)
    }
  }

  @Test(arguments: [
    "clips-3.h5", "clips-1-of-1-00003.h5", "clips-0-of-2-00003.h5", "clips-3-of-2-00003.h5",
    "clips--00003.h5",
    "clips-02-of-8-00003.h5", "clips-00003.h5.partial", "latents-00003.h5", "clips-.h5", "clips-2-of-8.h5",
    "clips-2-8-00003.h5", "clips--1-of-8-00003.h5",
  ])
  func otherNamesAreNone(_ name: String) {
    #expect(ShardName(.clips, name) == nil)
  }

  @Test(arguments: [1, 2, 3, 8, 20])
  func partsHaveEachClipOnce(count: Int) {
    let places = (1...count).flatMap { FolderPart($0, of: count).places(among: 11) }
    #expect(places == Array(0..<11))
  }
}
