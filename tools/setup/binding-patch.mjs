/**
 * What we change in tfjs-node's binding before it is compiled. Files of our own (cc/) are added as they are.
 *
 * List attributes: `AssignOpAttr` of tfjs-node 4.22 takes lists of integers, floats and booleans, but only single
 * types and single shapes. TensorFlow's `XlaCallModule` (the op that runs a compiled StableHLO module) needs lists of
 * both: `Tin`, `Tout` and `Sout`. With this patch a JavaScript array of types becomes `list(type)`, and an array of
 * arrays becomes `list(shape)`; single values mean what they meant before.
 *
 * callModule: the binding gets one function more, which is in cc/call_module.cc.
 */

const typeCase = `    case TF_ATTR_TYPE: {
      TF_DataType tf_data_type;`;

const typeListCase = `    case TF_ATTR_TYPE: {
      if (IsArray(env, nstatus, &js_value)) {
        std::vector<int64_t> values;
        ExtractArrayShape(env, js_value, &values);
        std::vector<TF_DataType> types;
        for (int64_t value : values) {
          types.push_back(static_cast<TF_DataType>(value));
        }
        TFE_OpSetAttrTypeList(tfe_op, attr_name, types.data(),
                              static_cast<int>(types.size()));
        break;
      }
      TF_DataType tf_data_type;`;

const shapeCase = `    case TF_ATTR_SHAPE: {
      std::vector<int64_t> shape_vector;`;

// An array whose first element is an array is a list of shapes; an empty array stays the shape of a scalar.
const shapeListCase = `    case TF_ATTR_SHAPE: {
      uint32_t length;
      nstatus = napi_get_array_length(env, js_value, &length);
      ENSURE_NAPI_OK(env, nstatus);
      bool is_list = false;
      if (length > 0) {
        napi_value first;
        nstatus = napi_get_element(env, js_value, 0, &first);
        ENSURE_NAPI_OK(env, nstatus);
        nstatus = napi_is_array(env, first, &is_list);
        ENSURE_NAPI_OK(env, nstatus);
      }
      if (is_list) {
        std::vector<std::vector<int64_t>> shapes(length);
        std::vector<const int64_t *> dims;
        std::vector<int> ranks;
        for (uint32_t i = 0; i < length; ++i) {
          napi_value element;
          nstatus = napi_get_element(env, js_value, i, &element);
          ENSURE_NAPI_OK(env, nstatus);
          ExtractArrayShape(env, element, &shapes[i]);
          dims.push_back(shapes[i].data());
          ranks.push_back(static_cast<int>(shapes[i].size()));
        }
        TF_AutoStatus list_status;
        TFE_OpSetAttrShapeList(tfe_op, attr_name, dims.data(), ranks.data(),
                               static_cast<int>(length), list_status.status);
        ENSURE_TF_OK(env, list_status);
        break;
      }
      std::vector<int64_t> shape_vector;`;

const declaration = `  // Load a SavedModel from a path:`;

const withCallModule = `  // Runs a compiled module and returns the id of its first output; the others follow.
  // - attributes (array of TFE Op attributes, converted once)
  // - input_ids (Int32Array of input tensor IDs)
  // - num_outputs (number)
  napi_value CallModule(napi_env env, napi_value attributes,
                        napi_value input_ids, napi_value num_outputs);

${declaration}`;

const wrapper = `static napi_value IsUsingGPUDevice(`;

const withCallModuleWrapper = `static napi_value CallModule(napi_env env, napi_callback_info info) {
  size_t argc = 3;
  napi_value args[3];
  napi_value js_this;
  napi_status nstatus = napi_get_cb_info(env, info, &argc, args, &js_this, nullptr);
  ENSURE_NAPI_OK_RETVAL(env, nstatus, nullptr);
  if (argc < 3) {
    NAPI_THROW_ERROR(env, "callModule() takes 3 args but got %d.", argc);
    return nullptr;
  }
  TFJSBackend *const backend = GetTFJSBackend(env);
  if (!backend) return nullptr;
  return backend->CallModule(env, args[0], args[1], args[2]);
}

${wrapper}`;

const property = `      {"loadSavedModel", nullptr,`;

const withCallModuleProperty = `      {"callModule", nullptr, CallModule, nullptr, nullptr, nullptr, napi_default,
       nullptr},
${property}`;

/** What to replace in each file of the binding. */
const changes = {
  "tfjs_backend.cc": [
    [typeCase, typeListCase],
    [shapeCase, shapeListCase],
  ],
  "tfjs_backend.h": [[declaration, withCallModule]],
  "tfjs_binding.cc": [
    [wrapper, withCallModuleWrapper],
    [property, withCallModuleProperty],
  ],
};

export const patchedFiles = Object.keys(changes);

/**
 * A source file of the binding with our changes.
 * @param {string} name the file's name
 * @param {string} source its text, as tfjs-node ships it
 * @throws when the text is not the one that the changes were written for
 */
export function patched(name, source) {
  let out = source;
  for (const [before, after] of changes[name]) {
    if (out.split(before).length !== 2) {
      throw new Error(
        `tfjs-node's binding/${name} is not the version that the lab's changes were written for (4.22.0)`,
      );
    }
    out = out.replace(before, () => after);
  }
  return out;
}
