// A draft that waits for a person's word: approve, edit or discard it.
import type { Ticket } from 'openapi';
import { useRef, useState } from 'preact/hooks';

import { onSend, Section, useKeys } from './parts';
import { Letter } from './letter';
import { decide } from './review';

export const waits = (ticket: { state: string; mode: string | null; action: string | null }) => ticket.state === 'delivered' && ticket.mode === 'draft' && ticket.action !== 'escalate';

export function Draft({ ticket, may, done }: { ticket: Ticket; may: boolean; done: () => void }) {
  const [text, setText] = useState<string | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const act = (what: 'approve' | 'discard', body = {}) => {
    decide(ticket.ticket_id, what, body);
    done();
  };
  const edit = () => {
    setText(ticket.response ?? '');
    setTimeout(() => box.current?.focus());
  };
  const sendEdited = () => text?.trim() && act('approve', text === ticket.response ? {} : { response: text });
  useKeys(may ? {
    a: () => text === null && act('approve'),
    e: () => text === null && edit(),
    x: () => text === null && act('discard'),
  } : {});
  return (
    <Section title="Draft of the reply" aside={<span class="quiet small">nothing is sent without you</span>}>
      {text === null ? <Letter ticket={ticket} text={ticket.response ?? ''} /> : (
        <>
          <label class="hidden" for="edited">Reply</label>
          <textarea id="edited" ref={box} rows={16} dir="auto" value={text} maxLength={60_000} onInput={(e) => setText(e.currentTarget.value)}
            onKeyDown={(e) => { if (e.key === 'Escape') { e.stopPropagation(); setText(null); } else { onSend(sendEdited)(e); } }} />
        </>
      )}
      {may ? (
        <div class="actions draft-actions" role="group" aria-label="Review">
          {text === null ? (
            <>
              <button type="button" class="primary" onClick={() => act('approve')}>Approve and send <kbd>a</kbd></button>
              <button type="button" onClick={edit}>Edit <kbd>e</kbd></button>
              <button type="button" class="danger" onClick={() => act('discard')}>Discard <kbd>x</kbd></button>
            </>
          ) : (
            <>
              <button type="button" class="primary" disabled={!text.trim()} onClick={sendEdited}>Send <kbd>Ctrl Enter</kbd></button>
              <button type="button" onClick={() => setText(null)}>Cancel <kbd>Esc</kbd></button>
            </>
          )}
        </div>
      ) : null}
    </Section>
  );
}
