/** What each kernel of tfjs means in StableHLO: a file a family, a rule a kernel. */
import "./elementwise";
import "./matmul";
import "./shapes";
import "./slices";
import "./gather";
import "./scatter";
import "./reductions";
import "./compare";
import "./activations";
import "./softmax";
import "./create";
import "./conv";
import "./pool";
import "./einsum";
import "./cumulative";
import "./sort";
import "./normalize";
