/**
 * Preloaded (`node --require`) in the set-up's tests: a text file that begins with "fake binding" loads as a binding
 * whose one op, MatMul, works; one with "broken" in it does not load, as a real one whose TensorFlow is not there.
 */
const fs = require("node:fs");

const real = process.dlopen;

process.dlopen = (module_, file, ...rest) => {
  const text = fs.readFileSync(file, "latin1");
  if (!text.startsWith("fake binding")) return real(module_, file, ...rest);
  if (text.includes("broken")) throw new Error("libtensorflow_cc.so.2: cannot open shared object file");
  const values = [];
  const keep = (data) => ({ id: values.push(data) - 1 });
  module_.exports = {
    createTensor: (shape, type, data) => keep(data).id,
    executeOp: (name, attrs, [a, b]) => {
      const [p, q, r, s] = values[a];
      const [t, u, v, w] = values[b];
      return [keep([p * t + q * v, p * u + q * w, r * t + s * v, r * u + s * w])];
    },
    tensorDataSync: (id) => values[id],
  };
};
