// A reply as the customer reads it. It is shown as text: whatever a template or a passage holds, nothing of it is markup here.
import type { Ticket } from 'openapi';

import { LongText } from './parts';

export function Letter({ ticket, text }: { ticket: Pick<Ticket, 'subject' | 'requester'>; text: string }) {
  return (
    <div class="letter">
      <dl class="letter-head">
        <div><dt>To</dt><dd dir="auto">{ticket.requester || 'the requester'}</dd></div>
        <div><dt>Subject</dt><dd dir="auto">Re: {ticket.subject || 'No subject'}</dd></div>
      </dl>
      <LongText text={text} />
    </div>
  );
}
