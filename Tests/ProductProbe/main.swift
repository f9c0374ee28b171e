import FixedStep
import SgemmCounter
import Tensors

// Takes one fixed training step and prints what of it went through `cblas_sgemm`, which this program defines anew: calls,
// their operations, and the operations that the step's linear layers have.

let step = FixedStep()
let plan = Plan.rehearse { step.run() }
let (calls, operations) = (sgemm_calls(), sgemm_operations())
precondition(calls == 0, "a rehearsal multiplies nothing")
step.run()
let linear = plan.products.reduce(0) { $0 + $1.key.operations * $1.value }
print(sgemm_calls() - calls, sgemm_operations() - operations, linear)
