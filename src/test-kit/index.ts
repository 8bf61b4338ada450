export {
  type ArpOptions,
  arp,
  diffPackets,
  dissect,
  type EthernetOptions,
  ethernet,
  type IcmpOptions,
  type Ipv4Options,
  type Ipv6Options,
  icmp,
  icmpv6,
  ipv4,
  ipv6,
  type Layer,
  packet,
  packetText,
  type ShownField,
  type ShownLayer,
  type TcpFlag,
  type TcpOption,
  type TcpOptions,
  tcp,
  type UdpOptions,
  udp,
  type VlanOptions,
  type VxlanOptions,
  vlan,
  vxlan,
} from '../packet/index.js';
export { argumentsContext, type ContextFields, type ContextValue, context } from './context.js';
export {
  type BranchCoverage,
  Coverage,
  type FileCoverage,
  type FunctionCoverage,
} from './coverage/coverage.js';
export { type LcovOptions, lcov } from './coverage/lcov.js';
export { TestKernel, type TestKernelOptions } from './kernel.js';
export type { ExpectedEntries } from './maps.js';
export { CheckFailed, type Checks, check } from './match/check.js';
export { matchers } from './match/matchers.js';
export type { HelperCall, HelperMock, MockedHelper, RecordedCall } from './mocks.js';
export type { RunInputs, TestObject } from './object.js';
export type { Event, Run } from './run.js';
export type { HelperName, HelperResult } from './signatures.js';
export { snapshot } from './snapshot.js';
export type { ExpectedValue, FoundValue } from './values.js';
