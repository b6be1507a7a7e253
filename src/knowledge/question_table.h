// How people label questions and their answers: X(question, answer, alone). Lower case. alone: counts even where no
// answer is labelled.
#pragma once

// clang-format off
#define QUESTION_TABLE(X)                                \
        X("q", "a", true)                                \
        X("question", "answer", true)                    \
        X("q", "answer", true)                           \
        X("question", "a", true)                         \
        X("q", "ans", true)                              \
        X("faq", "answer", false)                        \
        X("problem", "solution", false)                  \
        X("problem", "fix", false)                       \
        X("problem", "resolution", false)                \
        X("problem", "answer", false)                    \
        X("issue", "solution", false)                    \
        X("issue", "resolution", false)                  \
        X("issue", "fix", false)                         \
        X("symptom", "solution", false)                  \
        X("symptom", "resolution", false)                \
        X("error", "solution", false)                    \
        X("error", "fix", false)                         \
        X("frage", "antwort", true)                      \
        X("f", "a", false)                               \
        X("problem", "lösung", false)                    \
        X("question", "réponse", true)                   \
        X("q", "r", false)                               \
        X("pregunta", "respuesta", true)                 \
        X("p", "r", false)                               \
        X("pergunta", "resposta", true)                  \
        X("domanda", "risposta", true)                   \
        X("d", "r", false)                               \
        X("vraag", "antwoord", true)                     \
        X("v", "a", false)                               \
        X("pytanie", "odpowiedź", true)                  \
        X("p", "o", false)                               \
        X("fråga", "svar", true)                         \
        X("spørgsmål", "svar", true)                     \
        X("spørsmål", "svar", true)                      \
        X("f", "s", false)                               \
        X("вопрос", "ответ", true)                       \
        X("问", "答", true)                               \
        X("問", "答", true)                               \
        X("问题", "答案", true)                            \
        X("问题", "回答", true)                            \
        X("質問", "回答", true)
// clang-format on
