// How fast is the embedding model? Load time, texts a second on queries, milliseconds by length, and memory.
//
//     bench_encode MODEL_FOLDER [QUERIES.txt] [THREADS]
//
// One text per line; without a file, queries of about 19 tokens of its own. Times of texts are processor time of one
// thread, which a busy machine does not spoil.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/string.h"
#include "model/encoder.h"
#include "model/vectors.h"

enum { QUERIES_MAX = 20000, FILE_MAX = 16 << 20, ROUNDS = 20 };

static const char *const own[] = {
                "I clicked the link in the password reset mail but the page says that it has expired",
                "We were charged twice for the subscription this month, can you please refund one of the payments?",
                "Since the update this morning the application crashes with error 500 when I open the reports",
                "How can I change the mail address of my account without losing the history of my tickets?",
};

static double cpu_ms(void) {
        struct timespec t;

        (void) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
        return (double) t.tv_sec * 1e3 + (double) t.tv_nsec / 1e6;
}

static size_t split_lines(char *text, const char **lines) {
        size_t n = 0;
        char *line;

        while (n < QUERIES_MAX && (line = strsep(&text, "\n")))
                if (!str_empty(line))
                        lines[n++] = line;
        return n;
}

static int by_length(struct encoder *m, float *v) {
        static const size_t lengths[] = {12, 19, 64, 128, 256};

        for (size_t i = 0; i < ARRAY_LEN(lengths) && lengths[i] <= encoder_tokens_max(m); i++) {
                char text[4096] = "";
                double start;

                for (size_t k = 0; k < lengths[i] - 2; k++) // two are the special tokens
                        memcpy(text + 5 * k, "word ", 6);
                if (encoder_embed(m, text, v, NULL) < 0)
                        return -1;
                start = cpu_ms();
                for (int r = 0; r < ROUNDS; r++)
                        if (encoder_embed(m, text, v, NULL) < 0)
                                return -1;
                printf("%zu tokens: %.2f ms\n", lengths[i], (cpu_ms() - start) / ROUNDS);
        }
        return 0;
}

static int run(int argc, char **argv) {
        struct encoder *m _cleanup_(encoder_free_p) = NULL;
        const char **lines _cleanup_free_ = calloc(QUERIES_MAX, sizeof(*lines));
        float *v _cleanup_free_ = NULL;
        char *text _cleanup_free_ = NULL;
        struct error e = ERROR_INIT;
        struct rusage usage;
        int64_t start = clock_monotonic_us(), threads = 1;
        size_t n = 0, length;
        double cpu;

        if (argc < 2 || !lines || (argc > 3 && str_to_int64(argv[3], 0, 64, &threads) < 0)) {
                fprintf(stderr, "usage: bench_encode MODEL_FOLDER [QUERIES.txt] [THREADS]\n");
                return EXIT_FAILURE;
        }
        if (encoder_open(&(struct encoder_options){.folder = argv[1]}, &m, &e) < 0 ||
            (argc > 2 && file_read(argv[2], FILE_MAX, &text, &length, &e) < 0)) {
                fprintf(stderr, "%s\n", e.message);
                return EXIT_FAILURE;
        }
        printf("loaded in %.0f ms\n", (double) (clock_monotonic_us() - start) / 1e3);
        n = text ? split_lines(text, lines) : 0;
        for (; !text && n < 400; n++)
                lines[n] = own[n % ARRAY_LEN(own)];
        v = calloc(MAX(n, (size_t) 1) * encoder_dimensions(m), sizeof(*v));
        if (!v || by_length(m, v) < 0)
                return EXIT_FAILURE;

        start = clock_monotonic_us();
        cpu = cpu_ms();
        for (size_t i = 0; threads == 1 && i < n; i++)
                if (encoder_embed(m, lines[i], v, &e) < 0)
                        return EXIT_FAILURE;
        if (threads != 1 && vectors_embed(m, NULL, lines, n, (unsigned) threads, v, NULL, NULL, &e) < 0)
                return EXIT_FAILURE;
        cpu = cpu_ms() - cpu;
        printf("%zu texts: %.0f per second of one processor, %.0f per second\n", n, (double) n * 1e3 / cpu,
               (double) n * 1e6 / (double) (clock_monotonic_us() - start));
        (void) getrusage(RUSAGE_SELF, &usage);
        printf("at most %ld MB resident\n", usage.ru_maxrss / 1024);
        return EXIT_SUCCESS;
}

int main(int argc, char **argv) {
        return run(argc, argv);
}
