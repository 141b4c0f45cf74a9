/** Processor time per message of one process, while the load sends it messages in a closed loop. */
import type { LoopOptions } from './processes/closed-loop';
import type { LoadProcess, Subject } from './resources';

export interface CpuSlice {
  /** Processor time of the process under test. */
  readonly microsPerMessage: number;
  readonly messagesPerSecond: number;
  readonly messages: number;
  readonly lost: number;
}

export async function measureCpu(subject: Subject, load: LoadProcess, options: LoopOptions): Promise<CpuSlice> {
  const before = await subject.call.cpu();
  const { messages, millis, lost } = await load.call.run(options);
  const used = (await subject.call.cpu()) - before;
  if (messages === 0) throw new Error(`No message came back from ${options.topic}.`);
  return {
    microsPerMessage: used / messages,
    messagesPerSecond: (messages * 1000) / millis,
    messages,
    lost,
  };
}
