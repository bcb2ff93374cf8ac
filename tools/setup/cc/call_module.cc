// callModule(attributes, inputIds, numOutputs): the op XlaCallModule at the cost of its tensors alone.
//
// executeOp converts all attributes at each call, and the text of a module alone may be a megabyte; and it describes
// each output in a JavaScript object, although a compiled program's outputs are known. Here the attributes are
// converted once and stay with their JavaScript array, and the outputs get ids in a row, of which the first comes back.
#include "tensorflow/c/eager/c_api_experimental.h"
#include "tf_auto_status.h"
#include "tfe_auto_op.h"
#include "tfjs_backend.h"
#include "utils.h"

namespace tfnodejs {

void AssignOpAttr(napi_env env, TFE_Op *tfe_op, napi_value attr_value);

namespace {

// Gives `op` the attributes of the array, converting them at the first call. False where an exception is pending.
bool AssignKeptAttrs(napi_env env, TFE_Context *context, TFE_Op *op, napi_value attributes) {
  void *kept = nullptr;
  if (napi_unwrap(env, attributes, &kept) == napi_ok) {
    TFE_OpAddAttrs(op, TFE_OpGetAttrs(static_cast<TFE_Op *>(kept)));
    return true;
  }
  uint32_t length;
  ENSURE_NAPI_OK_RETVAL(env, napi_get_array_length(env, attributes, &length), false);
  for (uint32_t i = 0; i < length; i++) {
    napi_value attribute;
    ENSURE_NAPI_OK_RETVAL(env, napi_get_element(env, attributes, i, &attribute), false);
    AssignOpAttr(env, op, attribute);
    if (IsExceptionPending(env)) return false;
  }
  TF_AutoStatus status;
  TFE_Op *keeper = TFE_NewOp(context, "XlaCallModule", status.status);
  ENSURE_TF_OK_RETVAL(env, status, false);
  TFE_OpAddAttrs(keeper, TFE_OpGetAttrs(op));
  const auto release = [](napi_env, void *data, void *) { TFE_DeleteOp(static_cast<TFE_Op *>(data)); };
  const napi_status wrapped = napi_wrap(env, attributes, keeper, release, nullptr, nullptr);
  if (wrapped != napi_ok) TFE_DeleteOp(keeper);
  ENSURE_NAPI_OK_RETVAL(env, wrapped, false);
  return true;
}

}  // namespace

napi_value TFJSBackend::CallModule(napi_env env, napi_value attributes, napi_value input_ids,
                                   napi_value num_outputs) {
  TF_AutoStatus status;
  TFE_AutoOp op(TFE_NewOp(tfe_context_, "XlaCallModule", status.status));
  ENSURE_TF_OK_RETVAL(env, status, nullptr);

  napi_typedarray_type type;
  size_t num_inputs;
  void *data;
  if (napi_get_typedarray_info(env, input_ids, &type, &num_inputs, &data, nullptr, nullptr) != napi_ok ||
      type != napi_int32_array) {
    NAPI_THROW_ERROR(env, "callModule: the ids of inputs must be an Int32Array");
    return nullptr;
  }
  const int32_t *ids = static_cast<const int32_t *>(data);
  for (size_t i = 0; i < num_inputs; i++) {
    const auto entry = tfe_handle_map_.find(ids[i]);
    if (entry == tfe_handle_map_.end()) {
      NAPI_THROW_ERROR(env, "Input Tensor ID not referenced (tensor_id: %d)", ids[i]);
      return nullptr;
    }
    TFE_OpAddInput(op.op, entry->second, status.status);
    ENSURE_TF_OK_RETVAL(env, status, nullptr);
  }
  if (!AssignKeptAttrs(env, tfe_context_, op.op, attributes)) return nullptr;

  int32_t expected;
  ENSURE_NAPI_OK_RETVAL(env, napi_get_value_int32(env, num_outputs, &expected), nullptr);
  std::vector<TFE_TensorHandle *> handles(expected, nullptr);
  int size = expected;
  TFE_Execute(op.op, handles.data(), &size, status.status);
  ENSURE_TF_OK_RETVAL(env, status, nullptr);

  int32_t first = 0;
  for (int i = 0; i < size; i++) {
    const int32_t id = InsertHandle(handles[i]);
    if (i == 0) first = id;
  }
  napi_value result;
  ENSURE_NAPI_OK_RETVAL(env, napi_create_int32(env, first, &result), nullptr);
  return result;
}

}  // namespace tfnodejs
