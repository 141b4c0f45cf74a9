/** From the core nodes `mqtt in` and `mqtt out` to the source and the sink. */
import { type Conversion, type FlowNode, integerOf, isTrue, isVariable, remark, textOf } from './flow-json.mjs';
import { readUserProperties } from './mqtt-lifecycle.mjs';

const DATATYPES = ['auto-detect', 'auto', 'buffer', 'utf8', 'json', 'base64'];

export function toMqttSource(node: FlowNode): Conversion {
  const { qos, datatype, inputs } = node;
  const isDynamic = Number(inputs) === 1;
  return {
    type: 'pool-mqtt-source',
    properties: {
      topic: textOf(node['topic']),
      qos: isVariable(qos) ? qos : String(integerOf(qos, 0, 2) ?? 2),
      datatype: toDatatype(datatype),
      nl: flag(node['nl']),
      rap: flag(node['rap']),
      rh: String(integerOf(node['rh'], 0, 2) ?? 0),
      acknowledge: 'receipt',
      inputs: isDynamic ? 1 : 0,
    },
    obstacles: [],
    remarks: [],
  };
}

export function toMqttSink(node: FlowNode): Conversion {
  const { qos, retain } = node;
  const user = readUserProperties(node['userProps']);
  return {
    type: 'pool-mqtt-sink',
    properties: {
      topic: textOf(node['topic']),
      topicType: 'str',
      // To the core node, 0 as a number is unset: the message says.
      qos: qos === 0 ? '' : textOf(qos),
      qosType: 'str',
      retain: retain === true ? 'true' : textOf(retain),
      retainType: 'str',
      respTopic: textOf(node['respTopic']),
      respTopicType: 'str',
      contentType: textOf(node['contentType']),
      contentTypeType: 'str',
      userProps: user.text,
      userPropsType: user.text === '' ? 'str' : 'json',
      correl: textOf(node['correl']),
      correlType: 'str',
      expiry: textOf(node['expiry']),
      expiryType: 'str',
      datatype: 'auto',
    },
    obstacles: [],
    remarks: user.ignored ? [remark('ignored', { property: 'userProps' })] : [],
  };
}

/** Nodes from before there was a choice give text; a format that the core node doesn't know is one that it looks at. */
function toDatatype(value: unknown): string {
  const datatype = textOf(value) || 'utf8';
  return DATATYPES.includes(datatype) || isVariable(datatype) ? datatype : 'auto';
}

function flag(value: unknown): boolean | string {
  return isVariable(value) ? value : isTrue(value);
}
