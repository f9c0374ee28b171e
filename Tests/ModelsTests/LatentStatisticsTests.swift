import GradientCheck
import Layers
import Models
import Tensors
import Testing

struct LatentStatisticsTests {
  private func statistics() -> (ParameterStore, LatentStatistics) {
    let store = ParameterStore()
    let statistics = LatentStatistics(store.root, channels: 2)
    store.allocate(seed: 1)
    return (store, statistics)
  }

  @Test func theFirstStepTakesOverItsLatents() {
    let (_, statistics) = statistics()
    statistics.follow(Tensor([1, -2, 3, 2], [2, 2]), step: 0)
    #expect(statistics.mean.value.values == [2, 0])
    #expect(statistics.deviation.value.values == [1, 2])
  }

  @Test func laterStepsMoveThemALittle() {
    let (_, statistics) = statistics()
    for step in 0..<2000 {
      let latents = Tensor([50, 2])
      latents.fillGaussian(seed: 3, purpose: .check, step: step)
      latents.scale(by: 3)
      statistics.follow(latents, step: step)
    }
    #expect(statistics.mean.value.values.allSatisfy { abs($0) < 0.2 })
    #expect(statistics.deviation.value.values.allSatisfy { abs($0 - 3) < 0.2 })
  }

  @Test func normalizingGoesThereAndBack() {
    let (_, statistics) = statistics()
    statistics.follow(Tensor([1, -2, 3, 2], [2, 2]), step: 0)
    let latents = gaussian([3, 2])
    let back = statistics.denormalized(statistics.normalized(latents))
    for (a, b) in zip(back.values, latents.values) { #expect(abs(a - b) < 1e-6) }
    #expect(statistics.normalized(Tensor([3, 2], [1, 2])).values == [1, 1])
  }

  @Test func latentsThatAreNotFiniteAreNotMeasured() {
    let (_, statistics) = statistics()
    statistics.follow(Tensor([1, -2, 3, 2], [2, 2]), step: 0)
    statistics.follow(Tensor([1, .infinity, .nan, 2], [2, 2]), step: 1)
    #expect(statistics.mean.value.values == [2, 0] && statistics.deviation.value.values == [1, 2])
  }

  @Test func frozenOnesStay() {
    let store = ParameterStore(policy: ParameterPolicy(frozen: [NamePattern("**")]))
    let statistics = LatentStatistics(store.root, channels: 2)
    store.allocate(seed: 1)
    statistics.follow(Tensor([1, -2, 3, 2], [2, 2]), step: 0)
    #expect(statistics.mean.value.values == [0, 0] && statistics.deviation.value.values == [1, 1])
  }
}
