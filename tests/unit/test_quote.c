// What the customer wrote now, out of a mail with history, signature and footers.
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "text/quote.h"

struct example {
        const char *mail, *cut;
};

static void check(const struct example *examples, size_t n) {
        for (size_t i = 0; i < n; i++) {
                char *cut _cleanup_free_ = quote_cut(examples[i].mail);
                assert_string_equal(cut, examples[i].cut);
        }
}

static void plain_mail_stays_as_it_is(void **state) {
        static const struct example examples[] = {
                        {"", ""},
                        {"Hello,\r\n\r\nmy app is broken.  \r\n\r\n\r\n\r\nIt says 500.",
                         "Hello,\n\nmy app is broken.\n\nIt says 500."},
                        {"From: Berlin\nTo: Munich\nDate: 5 May\nCan I change the seat?",
                         "From: Berlin\nTo: Munich\nDate: 5 May\nCan I change the seat?"},
                        {"On Monday your agent wrote: wait 3 days. I waited.",
                         "On Monday your agent wrote: wait 3 days. I waited."},
                        {"On 3 May I paid twice:\n10 EUR\n10 EUR", "On 3 May I paid twice:\n10 EUR\n10 EUR"},
                        {"Von meinem Konto wurden 49 Euro abgebucht", "Von meinem Konto wurden 49 Euro abgebucht"},
                        {"Outlook for Mac does not sync", "Outlook for Mac does not sync"},
                        {"Thanks for your help, but it still fails", "Thanks for your help, but it still fails"},
                        {"Thanks,\nbut the link still does not work when I click on it.",
                         "Thanks,\nbut the link still does not work when I click on it."},
                        {"The error is\n----------\nE500\n----------", "The error is\n----------\nE500\n----------"},
        };
        (void) state;
        check(examples, ARRAY_LEN(examples));
}

static void who_wrote_what_ends_the_new_part(void **state) {
        static const char *const lines[] = {
                        "On Mon, Jan 5, 2026 at 10:00 AM Support <help@example.com> wrote:",
                        "On Mon, Jan 5, 2026 at 10:00 AM Support\n<help@example.com> wrote:",
                        "On 5 Jan 2026, at 10:00,\nSupport Team of the Example Company\n<help@example.com> wrote:",
                        "Am 05.01.2026 um 10:00 schrieb Support <help@example.com>:",
                        "Am Mo., 5. Jan. 2026 um 10:00 Uhr schrieb Support <\nhelp@example.com>:",
                        "Le lun. 5 janv. 2026 \xC3\xA0 10:00, Support <help@example.com> a \xC3\xA9"
                        "crit :",
                        "El lun, 5 ene 2026 a las 10:00, Support (<help@example.com>) escribi\xC3\xB3:",
                        "Em seg., 5 de jan. de 2026 \xC3\xA0s 10:00, Support <help@example.com> escreveu:",
                        "Il giorno lun 5 gen 2026 alle ore 10:00 Support <help@example.com> ha scritto:",
                        "Op ma 5 jan 2026 om 10:00 schreef Support <help@example.com>:",
                        "pon., 5 sty 2026 o 10:00 Support <help@example.com> napisa\xC5\x82(a):",
                        "W dniu 5.01.2026 o 10:00, Support pisze:",
                        "Den m\xC3\xA5n 5 jan. 2026 kl 10:00 skrev Support <help@example.com>:",
                        "Den man. 5. jan. 2026 kl. 10.00 skrev Support <help@example.com>:",
                        "2026\xE5\xB9\xB4"
                        "1\xE6\x9C\x88"
                        "5\xE6\x97\xA5(\xE6\x9C\x88) 10:00 Support <help@example.com>:",
                        "Support <help@example.com> \xE4\xBA\x8E"
                        "2026\xE5\xB9\xB4"
                        "1\xE6\x9C\x88"
                        "5\xE6\x97\xA5\xE5\x91\xA8\xE4\xB8\x80 10:00\xE5\x86\x99\xE9\x81\x93\xEF\xBC\x9A",
                        "Support <help@example.com> wrote:",
                        "-----Original Message-----\nFrom: Support",
                        "-------- Urspr\xC3\xBCngliche Nachricht --------\nVon: Support",
                        "-----Message d\xE2\x80\x99origine-----\nDe : Support",
                        "________________________________\nFrom: Support <help@example.com>\nSent: Monday, January 5, "
                        "2026 10:00\nTo: Me\nSubject: RE: Problem",
                        "*From:* Support\n*Sent:* Monday\n*To:* Me\n*Subject:* RE: Problem",
                        "Von: Support <help@example.com>\nGesendet: Montag, 5. Januar 2026 10:00\nAn: Ich\nBetreff: "
                        "AW: Problem",
                        "De : Support\nEnvoy\xC3\xA9 : lundi 5 janvier 2026 10:00\n\xC3\x80 : Moi\nObjet : RE: "
                        "Probl\xC3\xA8me",
                        "De: Support\nEnviado el: lunes\nPara: Yo\nAsunto: RE: Problema",
                        "Da: Support\nInviato: luned\xC3\xAC\nA: Io\nOggetto: R: Problema",
                        "Van: Support\nVerzonden: maandag\nAan: Ik\nOnderwerp: RE: Probleem",
                        "From: Support\nDate: Monday\nTo: a@example.com,\n b@example.com,\n c@example.com\nCc: "
                        "d@example.com\nSubject: Re: Problem",
                        "##- Please type your reply above this line -##",
                        "--- Bitte antworten Sie oberhalb dieser Zeile ---",
        };
        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
                char mail[1000];
                (void) snprintf(mail, sizeof(mail),
                                "It still fails.\n\n%s\n\nWe are sorry to hear that.\nPlease wait.\n", lines[i]);
                char *cut _cleanup_free_ = quote_cut(mail);
                assert_string_equal(cut, "It still fails.");
        }
}

static void quoted_lines_go_wherever_they_stand(void **state) {
        static const struct example examples[] = {
                        {"New.\n\n> old\n> older\n>> oldest", "New."},
                        {"On 5 Jan 2026 Support wrote:\n> Which version?\n\n2.4.1\n\n> Which system?\n\nDebian",
                         "2.4.1\n\nDebian"},
                        {"Am 5.1.2026 schrieb Support:\n\n> Frage\n\nAntwort darunter", "Antwort darunter"},
        };
        (void) state;
        check(examples, ARRAY_LEN(examples));
}

static void signatures_and_footers_go(void **state) {
        static const struct example examples[] = {
                        {"Broken.\n\n-- \nJohn Smith\nHead of Things", "Broken."},
                        {"Broken.\n\nSent from my iPhone", "Broken."},
                        {"Broken.\n\nGet Outlook for Android", "Broken."},
                        {"Kaputt.\n\nVon meinem iPhone gesendet", "Kaputt."},
                        {"Broken.\n\nBest regards,\nJohn Smith\nHead of Things | ACME Inc.\n+44 20 7946 "
                         "0958\nwww.example.com",
                         "Broken."},
                        {"Broken.\n\nThanks, John", "Broken."},
                        {"Broken.\nThanks in advance!\n\nKind regards\n\nAnna", "Broken."},
                        {"Kaputt.\n\nMit freundlichen Gr\xC3\xBC\xC3\x9F"
                         "en\nAnna M\xC3\xBCller",
                         "Kaputt."},
                        {"Cass\xC3\xA9.\n\nCordialement,\nAnne", "Cass\xC3\xA9."},
                        {"Broken.\nThanks\nOrder 12345", "Broken.\nThanks\nOrder 12345"},
                        {"Broken.\n\nRegards,\nJo\n\nCONFIDENTIALITY NOTICE: this e-mail is for its recipients "
                         "only.\nDelete it.",
                         "Broken."},
                        {"Broken.\n\nThis email and any attachments are confidential.", "Broken."},
        };
        (void) state;
        check(examples, ARRAY_LEN(examples));
}

static void forwarded_mail_keeps_what_it_forwards(void **state) {
        static const struct example examples[] = {
                        {"FYI\n\n---------- Forwarded message ---------\nFrom: Jo <jo@example.com>\nDate: Mon, 5 Jan "
                         "2026\nSubject: Help\nTo: <us@example.com>\n\nMy invoice is wrong.\n\nOn 4 Jan 2026 Us "
                         "wrote:\nhello",
                         "FYI\n\nMy invoice is wrong."},
                        {"Can you answer her?\n\nRegards,\nBob\n\nBegin forwarded message:\n\nFrom: Jo\nSubject: "
                         "Help\n\nMy invoice is wrong.\n\nBest,\nJo",
                         "Can you answer her?\n\nMy invoice is wrong."},
                        {"From: Jo <jo@example.com>\nSent: Monday\nTo: Us\nSubject: Help\n\nMy invoice is wrong.",
                         "My invoice is wrong."},
                        {"See below.\n\nFrom: Jo <jo@example.com>\nSent: Monday\nTo: Us\nSubject: Help\n\nMy invoice "
                         "is wrong.",
                         "See below.\n\nMy invoice is wrong."},
                        {"-----Original Message-----\nFrom: Jo\nSubject: Help\n\nMy invoice is wrong.",
                         "My invoice is wrong."},
        };
        (void) state;
        check(examples, ARRAY_LEN(examples));
}

static void never_cuts_to_nothing(void **state) {
        static const struct example examples[] = {
                        {"> only\n> quotes", "> only\n> quotes"},
                        {"Sent from my iPhone", "Sent from my iPhone"},
                        {"-- \nJohn", "--\nJohn"},
                        {"Best regards,\nJohn", "Best regards,\nJohn"},
                        {"##- Please type your reply above this line -##\n\nHello", "Hello"},
                        {"\n\n  \n", ""},
                        {"This email and any attachments are confidential.",
                         "This email and any attachments are confidential."},
        };
        (void) state;
        check(examples, ARRAY_LEN(examples));
}

// Far from the test's time limit when time grows with the input, far beyond it when it grows with its square.
static void hostile_mails_take_time_in_proportion(void **state) {
        static const char *const repeated[] = {">",
                                               "> \n",
                                               "On ",
                                               "On 1\n",
                                               "From: a\n",
                                               "To: a\n",
                                               "\n",
                                               "-",
                                               "--\n",
                                               "Best,\n",
                                               "---------- Forwarded message ---------\n",
                                               "\xC3\xA9",
                                               "\xFF",
                                               "*",
                                               "a@<\n",
                                               ":\n"};
        enum { SIZE = 1 << 20 };
        (void) state;
        for (size_t i = 0; i < ARRAY_LEN(repeated); i++) {
                size_t unit = strlen(repeated[i]), n = SIZE / unit * unit;
                char *mail _cleanup_free_ = malloc(n + 1);
                assert_non_null(mail);
                for (size_t k = 0; k < n; k += unit)
                        memcpy(mail + k, repeated[i], unit);
                mail[n] = '\0';
                char *cut _cleanup_free_ = quote_cut(mail);
                assert_non_null(cut);
                assert_true(strlen(cut) <= n);
        }
}

int main(void) {
        const struct CMUnitTest tests[] = {
                        cmocka_unit_test(plain_mail_stays_as_it_is),
                        cmocka_unit_test(who_wrote_what_ends_the_new_part),
                        cmocka_unit_test(quoted_lines_go_wherever_they_stand),
                        cmocka_unit_test(signatures_and_footers_go),
                        cmocka_unit_test(forwarded_mail_keeps_what_it_forwards),
                        cmocka_unit_test(never_cuts_to_nothing),
                        cmocka_unit_test(hostile_mails_take_time_in_proportion),
        };
        return cmocka_run_group_tests(tests, NULL, NULL);
}
