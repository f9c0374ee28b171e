import GradientCheck
import Layers
import Tensors
import Testing

/// The check itself: right layers pass, and each kind of mistake is caught and named.
struct GradientCheckTests {
  @Test func findsNothingWrongWithARightLayer() {
    let store = ParameterStore()
    let layer = Linear(store.root, 7, 5)
    #expect(gradientProblems(of: Differentiable(layer, input: gaussian([9, 7]), store)) == [])
  }

  @Test func catchesAnInputGradientThatIsFivePercentOff() {
    let problems = problems { layer, dy, saved in
      let dx = layer.backward(dy, saved)
      dx.scale(by: 1.05)
      return dx
    }
    #expect(problems.count == 1 && problems[0].hasPrefix("input: the gradient is off"))
  }

  @Test func catchesAParameterGradientThatIsFivePercentOff() {
    let problems = problems { layer, dy, saved in
      let dx = layer.backward(dy, saved)
      layer.bias!.gradient!.scale(by: 1.05)
      return dx
    }
    #expect(problems.contains { $0.hasPrefix("bias: the gradient is off") })
    #expect(!problems.contains { $0.hasPrefix("weight") || $0.hasPrefix("input") })
  }

  @Test func catchesAGradientThatIsWrongInOnePlace() {
    let problems = problems { layer, dy, saved in
      let dx = layer.backward(dy, saved)
      dx.row(4)[3] += 0.2
      return dx
    }
    #expect(problems.contains { $0.hasPrefix("input: the gradient is off") })
  }

  @Test func catchesAGradientThatIsNotANumber() {
    let problems = problems { layer, dy, saved in
      let dx = layer.backward(dy, saved)
      dx.row(0)[0] = .nan
      return dx
    }
    #expect(problems.contains { $0.hasPrefix("input: the gradient is off") })
  }

  @Test func catchesAParameterThatIsForgotten() {
    let problems = problems { layer, dy, saved in
      let dx = layer.backward(dy, saved)
      layer.bias!.gradient!.fill(0)
      return dx
    }
    #expect(problems.count == 1 && problems[0].hasPrefix("bias: the gradient is off"))
  }

  @Test func catchesAParameterGradientThatReplacesWhatWasThere() {
    let problems = problems { layer, dy, saved in
      layer.weight.gradient!.fill(0)
      return layer.backward(dy, saved)
    }
    #expect(problems == ["weight: a second backward pass does not add"])
  }

  @Test func catchesBitsThatDependOnTheNumberOfThreads() {
    let problems = problems { layer, dy, saved in
      let dx = layer.backward(dy, saved)
      dx.scale(by: 1 + 1e-6 * Float(Parallel.threads))
      return dx
    }
    #expect(problems == ["input: the gradient's bits depend on the number of threads"])
  }

  @Test func catchesAResidualThatIsDropped() {
    let store = ParameterStore()
    let norm = RMSNorm(store.root, width: 12)
    let piece = Differentiable(["x": gaussian([5, 12])], store) { inputs in
      let (output, saved) = norm.forward(inputs[0])
      return (inputs[0] + output, { [norm.backward($0, saved)] })
    }
    #expect(gradientProblems(of: piece).contains { $0.hasPrefix("x: the gradient is off") })
  }

  /// What the check says of a linear layer with another backward.
  private func problems(
    _ backward: @escaping (_ layer: Linear, _ outputGradient: Tensor, _ saved: Linear.Saved) -> Tensor
  ) -> [String] {
    let store = ParameterStore()
    let layer = Linear(store.root, 7, 5)
    return gradientProblems(
      of: Differentiable(["input": gaussian([9, 7])], store) { inputs in
        let (output, saved) = layer.forward(inputs[0])
        return (output, { [backward(layer, $0, saved)] })
      })
  }
}
