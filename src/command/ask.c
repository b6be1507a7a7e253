#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/json.h"
#include "base/string.h"
#include "command/list.h"
#include "command/output.h"
#include "command/show.h"
#include "command/ticket_input.h"

enum { QUESTION_MAX = 16384 }; // bytes; a question is a sentence or a mail

// The operands as one line, or standard input.
static int read_question(const struct invocation *i, char **ret, struct error *e) {
        struct buffer b _cleanup_buffer_ = BUFFER_INIT(QUESTION_MAX);
        char *text _cleanup_free_ = NULL;
        size_t n = 0;
        int r;

        if (i->n_operands == 0 || (i->n_operands == 1 && str_eq(i->operands[0], "-"))) {
                r = read_standard_input(QUESTION_MAX, &text, &n, e);
                if (r < 0)
                        return r;
        } else {
                for (size_t k = 0; k < i->n_operands; k++)
                        buffer_addf(&b, "%s%s", k > 0 ? " " : "", i->operands[k]);
                if (buffer_result(&b) == -EMSGSIZE)
                        return error_set(e, -EMSGSIZE, ERROR_USAGE, "the question is longer than %d bytes",
                                         QUESTION_MAX);
                n = b.len;
                text = buffer_take(&b);
        }
        if (!text)
                return error_set(e, -ENOMEM, ERROR_OUT_OF_MEMORY, "not enough memory for the question");
        if (!utf8_valid(text, n) || strlen(text) != n)
                return error_set(e, -EINVAL, ERROR_USAGE, "the question must be UTF-8 text");
        if (str_empty(text))
                return error_set(e, -EINVAL, ERROR_USAGE, "the question is empty");
        *ret = TAKE_PTR(text);
        return 0;
}

static int run(const struct invocation *i, struct error *e) {
        struct answer answer _cleanup_answer_text_ = {0};
        struct desk *desk _cleanup_(desk_free_p) = NULL;
        char *question _cleanup_free_ = NULL;
        int r;

        if ((r = read_question(i, &question, e)) < 0 ||
            (r = desk_open(i->settings, desk_flags_to_look(i->settings), &desk, e)) < 0 ||
            (r = desk_ask(desk, question, &answer, e)) < 0)
                return r;
        if (i->json)
                return output_json(stdout, answer_json(&answer), e);
        output_paragraphs(stdout, answer.text, 0, output_width(stdout));
        if (answer.found) {
                struct findings sources = answer.findings; // best first: those under the floor stand at the end

                while (sources.n > 0 && !sources.items[sources.n - 1].above)
                        sources.n--;
                fprintf(stdout, "\nSources, by %s search\n", retrieval_method_name(sources.method));
                show_findings(stdout, &sources, false);
        }
        return 0;
}

const struct command command_ask = {
                .name = "ask",
                .summary = "answer a question from the knowledge base",
                .operands = "[QUESTION...]",
                .about = "Prints the best passage word for word, and where it stands. Without QUESTION it is read from "
                         "standard input.",
                .operands_max = COMMAND_OPERANDS_MAX,
                .run = run,
};
