import { attachTypeByName } from '../../hooks/index.js';
import type { Link } from '../../kernel/kernel.js';
import type { AttachTarget } from '../../kernel/target.js';
import { hasFeature } from '../probe/features.js';
import type { Fd } from '../sys/fd.js';
import { perfEventEnable, perfEventSetBpf } from '../sys/perf-event.js';
import { type AttachContext, createLink } from './attacher.js';
import { OldAttachment } from './old-attachment.js';

/**
 * Runs a program at a perf event: by a link since Linux 5.15, which then owns the event; else until the event is
 * closed. The event is closed here when that fails.
 *
 * @throws {KernelError}
 */
export function attachToEvent(
  context: AttachContext,
  target: AttachTarget & { readonly cookie?: bigint },
  event: Fd,
): Link {
  try {
    if (hasFeature('perf_link')) {
      const link = createLink(
        context,
        target,
        {
          target_fd: event.fd,
          attach_type: attachTypeByName('perf_event')?.id,
          ...(target.cookie === undefined ? {} : { perf_cookie: target.cookie }),
        },
        { needs: ['CAP_PERFMON'] },
      );
      perfEventEnable(event);
      event.close();
      return link;
    }
    perfEventSetBpf(event, context.program.fd);
    perfEventEnable(event);
    return new OldAttachment(context.program.id, target, () => event.close(), true);
  } catch (error) {
    event.close();
    throw error;
  }
}
