// The words by which mail programs mark what is not new. Lower case, "'" for every apostrophe, without "*".
#pragma once

// clang-format off
// X(prefix, verb): a line "prefix ... verb ...:" with a date, or with an address and the verb. "" as prefix: only with an address.
#define QUOTE_ATTRIBUTION_TABLE(X)                                                                            \
        X("on ", "wrote") X("on ", "sent:") X("am ", "schrieb") X("le ", "a écrit") X("el ", "escribió")      \
        X("em ", "escreveu") X("il ", "ha scritto") X("op ", "schreef") X("w dniu ", "pisze")                 \
        X("w dniu ", "napisał") X("dnia ", "napisał") X("den ", "skrev") X("på ", "skrev") X("kl ", "skrev")  \
        X("den ", "wrote") X("a(z) ", "írta") X("dne ", "napsal") X("la data ", "a scris")                    \
        X("în ", "a scris") X("el dia ", "va escriure") X("pada ", "menulis") X("em qua", "escreveu")         \
        X("vào ", "viết") X("στις ", "έγραψε") X("в ", "писал") X("за ", "написа") X("在", "写道")             \
        X("于", "写道") X("於", "寫道") X("20", "写道") X("20", "のメール") X("20", "作成") X("20", "작성")      \
        X("", "wrote") X("", "schrieb") X("", "a écrit") X("", "escribió") X("", "escreveu")                  \
        X("", "ha scritto") X("", "schreef") X("", "napisał") X("", "skrev") X("", "kirjoitti")               \
        X("", "yazdı") X("", "пишет") X("", "написал") X("", "написав") X("", "写道") X("", "寫道")

// A line that says only this, between dashes: what follows is the mail that is answered.
#define QUOTE_ORIGINAL_TABLE(X)                                                                               \
        X("original message") X("original appointment") X("reply message") X("ursprüngliche nachricht")       \
        X("originalnachricht") X("original-nachricht") X("message d'origine") X("message original")           \
        X("mensaje original") X("mensagem original") X("messaggio originale") X("oorspronkelijk bericht")     \
        X("originele bericht") X("wiadomość oryginalna") X("oryginalna wiadomość")                            \
        X("ursprungligt meddelande") X("originalmeddelande") X("oprindelig meddelelse")                       \
        X("opprinnelig melding") X("alkuperäinen viesti") X("původní zpráva") X("исходное сообщение")         \
        X("orijinal mesaj") X("原始邮件") X("原始郵件") X("元のメッセージ") X("原文")

// The same for a mail that is passed on: what follows is what the sender wants read.
#define QUOTE_FORWARD_TABLE(X)                                                                                \
        X("forwarded message") X("begin forwarded message") X("weitergeleitete nachricht")  \
        X("anfang der weitergeleiteten nachricht") X("weitergeleitete e-mail") X("message transféré")         \
        X("début du message réexpédié") X("début du message transféré") X("mensaje reenviado")                \
        X("inicio del mensaje reenviado") X("mensagem encaminhada") X("mensagem reencaminhada")               \
        X("messaggio inoltrato") X("inizio messaggio inoltrato") X("doorgestuurd bericht")                    \
        X("begin doorgestuurd bericht") X("wiadomość przekazana") X("przekazana wiadomość")                   \
        X("vidarebefordrat meddelande") X("videresendt meddelelse") X("videresendt melding")                  \
        X("转发的邮件") X("轉寄郵件") X("转发邮件信息") X("転送メッセージ")

// X(kind, label): "label:" starts a line of the header that Outlook and others put above what they quote.
#define QUOTE_HEADER_TABLE(X)                                                                                 \
        X(FROM, "from") X(FROM, "von") X(FROM, "de") X(FROM, "da") X(FROM, "van") X(FROM, "od")               \
        X(FROM, "från") X(FROM, "fra") X(FROM, "lähettäjä") X(FROM, "kimden") X(FROM, "от")                   \
        X(FROM, "发件人") X(FROM, "寄件者") X(FROM, "差出人") X(FROM, "feladó")                                 \
        X(SENT, "sent") X(SENT, "date") X(SENT, "gesendet") X(SENT, "datum") X(SENT, "envoyé")                \
        X(SENT, "envoyé le") X(SENT, "enviado") X(SENT, "enviado el") X(SENT, "enviada em") X(SENT, "fecha")  \
        X(SENT, "data") X(SENT, "enviado em") X(SENT, "inviato") X(SENT, "verzonden") X(SENT, "wysłano")      \
        X(SENT, "skickat") X(SENT, "sendt") X(SENT, "dato") X(SENT, "lähetetty") X(SENT, "odesláno")          \
        X(SENT, "gönderildi") X(SENT, "отправлено") X(SENT, "дата") X(SENT, "发送时间") X(SENT, "日期")         \
        X(SENT, "寄件日期") X(SENT, "送信日時") X(SENT, "日付")                                                  \
        X(TO, "to") X(TO, "an") X(TO, "à") X(TO, "para") X(TO, "a") X(TO, "aan") X(TO, "do") X(TO, "till")    \
        X(TO, "til") X(TO, "komu") X(TO, "kime") X(TO, "кому") X(TO, "收件人") X(TO, "收件者") X(TO, "宛先")     \
        X(TO, "cc") X(TO, "kopie") X(TO, "kopia") X(TO, "bcc") X(TO, "reply-to") X(TO, "抄送")                 \
        X(SUBJECT, "subject") X(SUBJECT, "betreff") X(SUBJECT, "objet") X(SUBJECT, "asunto")                  \
        X(SUBJECT, "assunto") X(SUBJECT, "oggetto") X(SUBJECT, "onderwerp") X(SUBJECT, "temat")               \
        X(SUBJECT, "ämne") X(SUBJECT, "emne") X(SUBJECT, "aihe") X(SUBJECT, "předmět") X(SUBJECT, "konu")     \
        X(SUBJECT, "тема") X(SUBJECT, "主题") X(SUBJECT, "主旨") X(SUBJECT, "件名")

// A line that holds one of these, and is not much longer, is the line above which a help desk wants the answer.
#define QUOTE_DELIMITER_TABLE(X)                                                                              \
        X("reply above this line") X("reply above the line") X("write above this line")                       \
        X("text above this line is added") X("oberhalb dieser zeile") X("über dieser zeile")                  \
        X("au-dessus de cette ligne") X("encima de esta línea") X("arriba de esta línea")                     \
        X("acima desta linha") X("sopra questa riga") X("sopra questa linea") X("boven deze regel")           \
        X("boven deze lijn") X("powyżej tej linii") X("ovanför den här raden") X("over denne linje")

// A short line that starts with one of these is put there by the program.
#define QUOTE_DEVICE_TABLE(X) \
        X("sent from my ") X("sent from outlook") X("sent from yahoo") X("sent from mail for") \
        X("sent from proton") X("sent from gmail") X("sent from samsung") X("sent via the samsung") \
        X("sent with proton") X("sent with airmail") X("get outlook for") X("get bluemail for") \
        X("download outlook for") X("von meinem iphone") X("von meinem ipad") \
        X("von meinem android") X("von meinem samsung") X("von meinem handy") \
        X("von meinem smartphone") X("von meinem mobil") X("gesendet von mein") \
        X("gesendet von mail") X("gesendet von outlook") X("gesendet mit der") \
        X("holen sie sich outlook") X("outlook für ios") X("outlook für android") \
        X("diese nachricht wurde von mein") X("envoyé de mon ") X("envoyé depuis mon ") \
        X("envoyé depuis outlook") X("envoyé à partir d") X("télécharger outlook") \
        X("obtenez outlook") X("enviado desde mi ") X("enviado de mi ") X("enviado desde outlook") \
        X("obtener outlook") X("enviado do meu ") X("enviado a partir d") X("obter o outlook") \
        X("inviato da iphone") X("inviato da ipad") X("inviato dal mio ") X("inviato da mail per") \
        X("scarica outlook") X("ottieni outlook") X("verzonden vanaf mijn ") \
        X("verstuurd vanaf mijn ") X("verzonden vanuit mail") X("outlook voor ios") \
        X("outlook voor android") X("wysłane z mojego") X("wysłane z iphone") X("wysłano z iphone") \
        X("wysłane z programu") X("pobierz outlook") X("skickat från min") X("skickat från outlook") \
        X("hämta outlook") X("sendt fra min") X("sendt fra outlook") X("hent outlook") \
        X("få outlook") X("lähetetty iphone") X("odesláno z iphone") X("отправлено с iphone") \
        X("发自我的") X("從我的 iphone") X("從我的iphone") X("iphoneから送信") X("androidから送信")

// A line that says only this, or this and a name, starts the end of a letter.
#define QUOTE_CLOSING_TABLE(X)                                                                                \
        X("best regards") X("kind regards") X("kindest regards") X("warm regards") X("warmest regards")       \
        X("with best regards") X("with kind regards") X("regards") X("many thanks") X("thanks")               \
        X("thanks a lot") X("thanks so much") X("thank you") X("thank you very much") X("thank you so much")  \
        X("thank you in advance") X("thanks in advance") X("thx") X("cheers") X("sincerely")                  \
        X("yours sincerely") X("sincerely yours") X("yours faithfully") X("yours truly") X("respectfully")    \
        X("best") X("all the best") X("best wishes") X("with best wishes") X("thanks and regards")            \
        X("thanks & regards") X("br") X("kr") X("rgds") X("mit freundlichen grüßen")                          \
        X("mit freundlichen gruessen") X("mit freundlichem gruß") X("freundliche grüße") X("viele grüße")     \
        X("beste grüße") X("liebe grüße") X("schöne grüße") X("herzliche grüße") X("grüße") X("gruß")         \
        X("mfg") X("vg") X("lg") X("danke") X("vielen dank") X("danke im voraus") X("vielen dank im voraus")  \
        X("cordialement") X("bien cordialement") X("bien à vous") X("salutations") X("merci")                 \
        X("merci d'avance") X("merci beaucoup") X("saludos") X("un saludo") X("saludos cordiales")            \
        X("atentamente") X("gracias") X("muchas gracias") X("gracias de antemano") X("atenciosamente")        \
        X("cumprimentos") X("abraços") X("obrigado") X("obrigada") X("desde já obrigado")                     \
        X("cordiali saluti") X("distinti saluti") X("saluti") X("grazie") X("grazie mille")                   \
        X("met vriendelijke groet") X("met vriendelijke groeten") X("vriendelijke groeten") X("groeten")      \
        X("groetjes") X("mvg") X("bedankt") X("alvast bedankt") X("pozdrawiam") X("z poważaniem")             \
        X("dziękuję") X("med vänliga hälsningar") X("med vänlig hälsning") X("vänliga hälsningar")            \
        X("hälsningar") X("mvh") X("tack") X("tack på förhand") X("med venlig hilsen") X("venlig hilsen")     \
        X("med vennlig hilsen") X("vennlig hilsen") X("hilsen") X("tak") X("takk")                            \
        X("よろしくお願いします") X("よろしくお願いいたします") X("宜しくお願いします") X("以上") X("敬具")         \
        X("此致") X("敬礼") X("谢谢") X("謝謝") X("祝好")

// A paragraph that starts with one of these is a lawyer's; what follows it too.
#define QUOTE_FOOTER_TABLE(X)                                                                                 \
        X("confidentiality notice") X("confidentiality:") X("disclaimer:") X("legal notice:")                 \
        X("this email and any") X("this e-mail and any") X("this message and any") X("this email is conf")    \
        X("this e-mail is conf") X("this message is conf") X("this email may contain")                        \
        X("this e-mail may contain") X("this message may contain") X("this message contains conf")            \
        X("this email contains conf") X("this e-mail contains conf") X("this communication is")               \
        X("the information contained in this") X("the information in this email")                             \
        X("the information in this e-mail") X("the contents of this e") X("please consider the environment")  \
        X("virus-free.") X("this email has been scanned") X("if you are not the intended recipient")          \
        X("diese e-mail enthält") X("diese email enthält") X("diese nachricht enthält vertrau")               \
        X("der inhalt dieser e-mail") X("ce message et toutes") X("ce message et ses") X("ce courriel et")    \
        X("este mensaje y sus") X("este mensaje y cualquier") X("este correo electrónico y")                  \
        X("este mensaje puede contener") X("esta mensagem e ") X("esta mensagem pode conter")                 \
        X("este e-mail e ") X("questo messaggio e ") X("le informazioni contenute in questo")                 \
        X("dit bericht is ") X("dit bericht kan ") X("deze e-mail en ") X("ta wiadomość i ")                  \
        X("niniejsza wiadomość") X("detta meddelande och ") X("denne e-mail og ") X("denne mail kan ")

// All that is said above a mail that is passed on without a word of its own.
#define QUOTE_POINTER_TABLE(X)                                                                                \
        X("fyi") X("see below") X("please see below") X("pls see below") X("see attached") X("as below")      \
        X("please help") X("forwarding") X("zur info") X("zur kenntnis") X("zk") X("siehe unten")             \
        X("s. u.") X("bitte um hilfe") X("voir ci-dessous") X("pour info") X("ver abajo") X("ver más abajo")  \
        X("ver abaixo") X("vedi sotto") X("zie onder") X("zie hieronder") X("patrz poniżej") X("se nedan")    \
        X("se nedenfor")

// A short line with one of these words is not part of a name and address, wherever it stands.
#define QUOTE_FACT_TABLE(X)                                                                                   \
        X("order ") X("order:") X("invoice") X("ticket") X("error") X("version") X("serial") X("reference")   \
        X("p.s") X("ps:")
// clang-format on
