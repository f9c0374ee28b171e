import Layers
import Testing

@testable import Models

/// Sizes that are allowed can be built, and those that cannot be built are not allowed.
struct AutoencoderSizesTests {
  /// Multipliers and steps of time of four levels, small enough to build hundreds of models.
  private static let multipliers = [1, 2, 3, 4, 8]

  @Test func shortcutsThatAreAllowedCanBeBuilt() {
    var (allowed, refused) = (0, 0)
    for a in Self.multipliers {
      for b in Self.multipliers {
        for c in Self.multipliers {
          for halvesTime in [[false, true], [true, false], [true, true]] {
            let sizes = VideoAutoencoderConfiguration(
              width: 8, latentChannels: 4, multipliers: [a, b, c], residualBlocks: 1, halvesTime: halvesTime,
              patch: 2, hasShortcuts: true)
            guard sizes.allowsShortcuts else {
              refused += 1
              continue
            }
            allowed += 1
            _ = VideoAutoencoder(sizes)
          }
        }
      }
    }
    #expect(allowed > 50 && refused > 50, "\(allowed) and \(refused)")
  }

  /// The decoder's step from 8 to 1 channels of a level doubles the pixels alone.
  @Test func theDecodersStepsOfTimeCount() {
    func sizes(_ halvesTime: [Bool]) -> VideoAutoencoderConfiguration {
      VideoAutoencoderConfiguration(
        width: 8, multipliers: [1, 1, 8, 8], halvesTime: halvesTime, patch: 2, hasShortcuts: true)
    }
    #expect(!sizes([false, true, true]).allowsShortcuts)
    #expect(VideoAutoencoderConfiguration(text: sizes([false, true, true]).text) == nil)
  }

  @Test func aHaarStartFitsIntoTheDecodersHalvedChannels() {
    func sizes(_ width: Int, _ second: Int) -> VideoAutoencoderConfiguration {
      VideoAutoencoderConfiguration(width: width, multipliers: [1, second, 4, 4], start: .haar)
    }
    #expect(!sizes(8, 1).allowsHaar && !sizes(12, 1).allowsHaar)
    for (width, second) in [(14, 1), (8, 2)] {
      #expect(sizes(width, second).allowsHaar)
      VideoAutoencoder(sizes(width, second)).parameters.allocate(seed: 1)
    }
    #expect(VideoAutoencoderConfiguration(text: sizes(8, 1).text) == nil)
    #expect(VideoAutoencoderConfiguration(text: sizes(8, 2).text) == sizes(8, 2))
  }
}
