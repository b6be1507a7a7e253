// The languages that are told apart. X(id, code of ISO 639-1, English name, how it is known, common words).
//
// Languages of a script of their own are known by it and have no words; where several share a script, words decide. The
// words are those that hardly a sentence does without (articles, pronouns, prepositions, auxiliaries) and those of help
// desks, compared as text/words.h makes them, without accents and apostrophes. A word may stand in several lists.
#pragma once

// clang-format off
#define LANGUAGE_TABLE(X)                                                                                              \
        X(EN, "en", "English", LATIN,                                                                                  \
          "the a an and or but if then that this these those there here it its is are was were be been being am im "   \
          "ive id ill i me my mine myself you your yours youre youve u ur he him his she her they them their theyre "  \
          "we our us were weve who whom whose which what whats when where why how hows not no dont doesnt didnt cant " \
          "cannot couldnt wont wouldnt isnt arent wasnt havent hasnt do does did done doing have has had having will " \
          "would shall should can could may might must need needs needed want wants wanted to of in on at by for from " \
          "with without about into onto over under after before between through during until since again still just " \
          "only also too very more most much many some any every all both each other another same so than as because " \
          "while up down out off get gets getting got give gave given go going gone went come came make made making " \
          "take took taken see saw seen know knew think tell told say said says ask asked try tried trying use used " \
          "using work works working worked help please pls plz thanks thank thx hello hi hey dear regards sorry yes "  \
          "there theres thats lets now today yesterday tomorrow week weeks month months day days year years hours "    \
          "account password login log logged sign order ordered orders card payment payments pay paid bill billing "   \
          "invoice charge charged refund money bank transfer delivery delivered shipping package received receive "   \
          "send sent email mail phone number address change changed update cancel cancelled subscription app website " \
          "site page link error issue problem broken wrong open close find found set new old first last next back "   \
          "long time times how like know something anything nothing everything someone anyone customer service "      \
          "support team call called check show add added remove delete turn buy bought price cost available between "  \
          "keep keeps happen happened possible able unable already never always one two three its well good best "    \
          "right left sure way things thing people person lot where whats name date start stop look looking free "     \
          "let put read write play list book set tell your remind")                                                    \
        X(DE, "de", "German", LATIN,                                                                                   \
          "der die das den dem des ein eine einen einem einer eines und oder aber wenn dann dass ob als wie wo wer was " \
          "warum wieso weshalb wann welche welcher welches ich mich mir mein meine meinen meinem meiner du dich dir "  \
          "dein deine er sie es ihn ihm ihr ihre ihren ihrem ihrer wir uns unser unsere unseren euch euer eure man "   \
          "sich ist sind war waren bin bist sein wird werden wurde wurden worden hat habe haben hatte hatten kann "    \
          "kannst konnen koennen konnte konnten muss mussen muessen soll sollte will wollen wollte mochte moechte "    \
          "mochten moechten durfen wurde wuerde wurden nicht kein keine keinen keiner nichts noch nur schon auch sehr " \
          "mehr immer wieder bereits jetzt heute gestern morgen seit bis vor nach mit ohne von vom zu zum zur bei beim " \
          "auf aus an am im ins in fur fuer uber ueber unter durch gegen um zwischen wahrend weil da damit hier dort " \
          "diese dieser dieses diesen diesem jede jeder jedes alle alles bitte danke hallo guten tag liebe lieber "    \
          "sehr geehrte geehrter damen herren grusse gruesse grussen gruessen vielen dank konto kennwort passwort "    \
          "rechnung bestellung bestellt zahlung bezahlt lieferung paket geld karte uberweisung ruckerstattung "        \
          "erstattung kundigen kuendigen kundigung vertrag abo anmelden einloggen fehler fehlermeldung funktioniert "  \
          "geht bekomme bekommen erhalten geandert andern aendern brauche hilfe helfen frage problem adresse mal "     \
          "leider gibt wurde trotzdem mehrfach gerade eben tagen wochen woche lange ihnen")                            \
        X(FR, "fr", "French", LATIN,                                                                                   \
          "le la les un une des du de et ou mais si que qui quoi quand comment pourquoi combien je jai me mon ma mes " \
          "moi tu te ton ta tes vous votre vos nous notre nos il elle ils elles on se son sa ses leur leurs lui ce "   \
          "cet cette ces cest cela ca est sont etait suis es etes sommes ete etre ai as a avons avez ont avait avoir " \
          "fait faire faut peut peux pouvez pouvoir puis pourriez dois doit voudrais souhaite veux voulez ne pas plus " \
          "rien jamais toujours encore deja tres trop aussi avec sans pour par sur sous dans en au aux chez vers "     \
          "entre depuis apres avant pendant car donc alors lorsque comme meme tout tous toute toutes autre autres "    \
          "bonjour bonsoir salut merci cordialement svp plait compte mot passe facture commande commandes paiement "   \
          "paye livraison colis argent carte virement remboursement rembourse annuler resilier abonnement connecter "  \
          "connexion erreur fonctionne marche recu recevoir changer modifier besoin aide aider probleme adresse "      \
          "impossible narrive narrive jarrive nest nai quil quelle quel quels dun dune quon lai mail jours semaine "   \
          "semaines mois hier aujourdhui ici y lapplication sest deux fois jattends")                                  \
        X(ES, "es", "Spanish", LATIN,                                                                                  \
          "el la los las un una unos unas de del al y e o u pero si que quien quienes cuando como donde porque por "   \
          "para con sin sobre entre desde hasta hacia en a yo me mi mis mio tu te tus usted ustedes su sus se le les " \
          "lo nos nuestro nuestra ella ellos es son era soy eres esta estan estoy estaba estamos ser estar ha han he " \
          "hemos habia hay haber hace hacer hago tengo tiene tienen tener tenia puedo puede pueden podria quiero "     \
          "quisiera necesito necesita debo debe no ni nada nunca siempre todavia aun ya muy mas menos tambien solo "   \
          "este estos estas ese esa eso esto otro otra otros cada todo todos toda todas mismo misma cual cuales "      \
          "cuanto cuanta buenos buenas dias tardes hola gracias saludos favor cuenta contrasena clave factura pedido " \
          "pago pagado envio paquete dinero tarjeta transferencia reembolso devolucion cancelar suscripcion sesion "   \
          "iniciar acceder funciona recibido recibi recibir cambiar ayuda ayudar problema direccion correo "           \
          "aplicacion pagina semana semanas mes ayer hoy llegado llega sigue dos veces cobrado cobraron fue deja")     \
        X(PT, "pt", "Portuguese", LATIN,                                                                               \
          "o a os as um uma uns umas de do da dos das no na nos nas em ao aos pelo pela pelos por para pra com sem "   \
          "sobre entre desde ate e ou mas se que quem quando como onde porque porque qual quais quanto eu me meu "     \
          "minha meus minhas mim voce voces seu sua seus suas ele ela eles elas nos nosso nossa lhe isso isto esse "   \
          "essa este esta estes estas aquele e sao era sou esta estao estou estava ser estar foi foram tem tenho "     \
          "temos tinha ter ha fazer faco fiz feito posso pode podem poderia quero queria gostaria preciso devo deve "  \
          "nao nem nada nunca sempre ainda ja muito mais menos tambem so apenas outro outra cada todo todos toda "     \
          "todas mesmo ola oi bom boa dia tarde obrigado obrigada atenciosamente favor conta senha fatura pedido "     \
          "encomenda pagamento pago entrega pacote dinheiro cartao transferencia reembolso devolucao cancelar "        \
          "assinatura entrar acessar funciona recebi receber alterar mudar ajuda ajudar problema endereco mensagem "   \
          "aplicativo pagina semana semanas mes ontem hoje chegou consigo duas vezes cobrado cobrada erro meses")      \
        X(IT, "it", "Italian", LATIN,                                                                                  \
          "il lo la i gli le un uno una di del dello della dei degli delle a al allo alla ai agli alle da dal dalla "  \
          "in nel nella nei nelle su sul sulla con per tra fra e ed o ma se che chi quando come dove perche quale "    \
          "quali quanto io mi mio mia miei mie me tu ti tuo tua lei voi vi vostro vostra suo sua lui noi ci nostro "   \
          "si e sono era sei siamo essere stato stata stati ho hai ha abbiamo avete hanno avevo avere fatto fare "     \
          "faccio posso puo potete potrei possibile vorrei voglio devo deve non niente nulla mai sempre ancora gia "   \
          "molto piu meno anche solo questo questa questi queste quello quella altro altra ogni tutto tutti tutte "    \
          "stesso buongiorno buonasera salve ciao grazie cordiali saluti favore account conto password fattura "       \
          "ordine pagamento pagato spedizione consegna pacco soldi carta bonifico rimborso annullare disdire "         \
          "abbonamento accedere accesso errore funziona ricevuto ricevere cambiare modificare aiuto aiutare "          \
          "aiutarmi problema indirizzo mail applicazione pagina settimana settimane mese ieri oggi arrivato riesco "   \
          "due volte addebitato addebito giorni sul nessuno dopo prima senza")                                         \
        X(NL, "nl", "Dutch", LATIN,                                                                                    \
          "de het een en of maar als dan dat die dit deze daar hier er ik me mij mijn je jij jou jouw jullie u uw "    \
          "hij hem zijn zij ze haar wij we ons onze hun is was waren ben bent wordt worden werd heb hebt heeft hebben " \
          "had kan kunt kunnen kon moet moeten wil willen wilde zou zal zullen mag niet geen niets nog al ook zeer "   \
          "heel meer altijd weer reeds nu vandaag gisteren morgen sinds tot voor na met zonder van naar bij op uit "   \
          "aan in om over onder door tegen tussen omdat want hoe wat wie waar waarom wanneer welke alle alles iets "   \
          "iemand graag hallo beste geachte dag bedankt dank groet groeten vriendelijke alvast account wachtwoord "    \
          "factuur bestelling besteld betaling betaald levering pakket geld kaart overschrijving terugbetaling "       \
          "opzeggen abonnement inloggen foutmelding fout werkt krijg krijgen ontvangen wijzigen veranderen hulp "      \
          "helpen vraag probleem adres gaat mogelijk kloppen klopt dagen weken week maand bericht keer twee te "       \
          "afgeschreven toch gewoon even wel")                                                                         \
        X(PL, "pl", "Polish", LATIN,                                                                                   \
          "i w we z ze na do od po za o u przy przed przez dla bez nad pod oraz lub albo ale jesli jezeli ze zeby aby " \
          "gdy kiedy jak gdzie dlaczego co kto ktory ktora ktore jaki jaka ja mnie mi moj moja moje mojego mojej "     \
          "moim ty ciebie ci pan pani panstwo panstwa on ona ono my nas nam nasz nasze oni ich jej jego sie to ten ta " \
          "te tego tej tym tych jest sa byl byla bylo byc bede bedzie mam masz ma mamy maja mialem moge mozna moze "   \
          "mozecie chce chcialbym chcialabym musze powinien nie nic nigdy zawsze jeszcze juz bardzo wiecej tez takze " \
          "tylko teraz dzis dzisiaj wczoraj od czy dzien dobry witam czesc dziekuje pozdrawiam prosze prosze konto "   \
          "konta koncie haslo hasla hasło hasła faktura fakture zamowienie zamowienia platnosc platnosci zaplacilem "  \
          "zaplaciłem przesyłka przesyłke paczka paczki dostawa pieniadze karta karty przelew zwrot anulowac "         \
          "subskrypcje zalogowac logowania bład blad działa dziala otrzymałem otrzymalem zmienic pomoc problem adres " \
          "strona strony aplikacja aplikacji tydzien tygodnia tygodni miesiac dni został zostało zostala była był "    \
          "było mogłem chciałbym chciałabym bardzo dwa razy dwukrotnie mojej moich swoje dlatego miał miałem")         \
        X(SV, "sv", "Swedish", LATIN,                                                                                  \
          "en ett den det de och eller men om som att nar var hur vad vem varfor vilken jag mig min mitt mina du dig " \
          "din ditt dina han hon vi oss var vart vara ni er ert era dem deras sig ar blir blev vara varit har hade "   \
          "ha kan kunde maste ska skulle vill ville far fick inte ingen inget inga aldrig alltid annu redan mycket "   \
          "mer aven bara nu idag igar sedan till fran med utan av pa i for fore efter under over mellan vid hos har "  \
          "dar denna detta dessa nagon nagot alla allt hej tack halsningar vanliga snalla konto losenord faktura "     \
          "bestallning bestallt betalning betalat leverans paket pengar kort overforing aterbetalning avsluta "        \
          "prenumeration logga fel fungerar fatt andra hjalp hjalpa fraga problem adress manad vecka veckor dagar "    \
          "ganger blivit skickat kommer kommit skickade bytt")                                                         \
        X(DA, "da", "Danish", LATIN,                                                                                   \
          "en et den det de og eller men hvis som at nar hvor hvordan hvad hvem hvorfor hvilken jeg mig min mit mine " \
          "du dig din dit dine han hun vi os vores i jer jeres dem deres sig er bliver blev være været var har havde " \
          "have kan kunne skal skulle vil ville ma far fik ikke ingen intet aldrig altid endnu allerede meget mere "   \
          "ogsa kun nu idag igar siden til fra med uden af pa for før efter under over mellem ved hos her der denne "  \
          "dette disse nogen noget alle alt hej tak hilsen venlig venligst konto adgangskode kodeord faktura ordre "   \
          "bestilling bestilt betaling betalt levering pakke penge kort overførsel refusion opsige abonnement logge "  \
          "fejl virker modtaget ændre hjælp hjælpe spørgsmal problem adresse maned uge uger dage gange blevet sendt "  \
          "ind mangler trukket")                                                                                       \
        X(NO, "no", "Norwegian", LATIN,                                                                                \
          "en et ei den det de og eller men hvis som at nar hvor hvordan hva hvem hvorfor hvilken jeg meg min mitt "   \
          "mine du deg din ditt dine han hun vi oss var vare dere deres dem seg er blir ble være vært har hadde ha "   \
          "kan kunne skal skulle vil ville ma far fikk ikke ingen intet aldri alltid enna allerede mye mer ogsa bare " \
          "na idag igar siden til fra med uten av pa for før etter under over mellom ved hos her der denne dette "     \
          "disse noen noe alle alt hei takk hilsen vennlig konto passord faktura ordre bestilling bestilt betaling "   \
          "betalt levering pakke penger kort overføring refusjon avslutte abonnement logge feil fungerer mottatt "     \
          "endre hjelp hjelpe spørsmal problem adresse maned uke uker dager ganger blitt sendt inn mangler trukket "   \
          "trenger dere kommet")                                                                                       \
        X(FI, "fi", "Finnish", LATIN,                                                                                  \
          "ja tai mutta jos etta kun koska kuin mita mika mikä missa miten miksi kuka milloin mina mä minun minua "    \
          "minulle minulla sina sinun han te teidan teille me meidan meille he se sen sita siina tama taman tata "     \
          "nama on ovat oli olen olet olemme ollut olla ole ei en eivat enka voi voin voiko voitteko voisitteko "      \
          "haluan haluaisin pitaa taytyy tarvitsen saa saan sain saanut jo viela vain myos hyvin aina nyt tanaan "     \
          "eilen sitten ennen jalkeen kanssa ilman mukaan kautta hei moi terve kiitos terveisin ystavallisin tili "    \
          "tilin tilini tilille salasana salasanan salasanani lasku laskun laskussa laskutettu tilaus tilauksen "      \
          "tilaukseni tilasin tilannut maksu maksun maksoin maksanut toimitus paketti pakettia rahat kortti kortin "   \
          "palautus hyvitys peruuttaa kirjautua kirjautumaan sisaan virhe virheilmoitus toimi toimii muuttaa vaihtaa " \
          "apua auttaa kysymys ongelma osoite viikko viikkoa kuukausi paivaa kertaa tullut ole eika olisi joka mitaan " \
          "sovellus sovelluksen enaa")                                                                                 \
        X(CS, "cs", "Czech", LATIN,                                                                                    \
          "a i v ve s se z ze na do od po za o u k ke pri pred pro bez nad pod nebo ale kdyz pokud ze aby jak kde "    \
          "proc co kdo ktery ktera ktere jaky jaka ja me mi muj moje moji mou meho ty te vas vam vase vasi on ona my " \
          "nas nam nase oni jejich jeji jeho si to ten ta ty tento tato toto teto je jsou byl byla bylo byt budu bude " \
          "jsem jsi jsme jste mam mas ma mame maji muzu mohu muze muzete chci chtel chtela bych musim ne nic nikdy "   \
          "vzdy jeste uz velmi vice take jen ted dnes vcera od dobry den ahoj dekuji diky prosim pozdravem ucet uctu " \
          "heslo hesla fakturu faktura objednavka objednavku objednavky platba platbu platby zaplatil zaplatila "      \
          "zasilka zasilku balik doruceni penize karta karty prevod vraceni zrusit predplatne prihlasit prihlaseni "   \
          "chyba chybu funguje obdrzel obdrzela zmenit pomoc pomoci problem adresa adresu stranka aplikace aplikaci "  \
          "tyden tydny mesic dny dvakrat porad stale nejde nelze neni nemuzu nemohu kdy")                              \
        X(SK, "sk", "Slovak", LATIN,                                                                                   \
          "a aj v vo s so z zo na do od po za o u k ku pri pred pre bez nad pod alebo ale ked ak ze aby ako kde preco " \
          "co kto ktory ktora ktore aky aka ja ma mi moj moja moje mojho ty vas vam vase vasu on ona my nas nam nase " \
          "oni ich jej jeho sa si to ten ta tento tato toto tejto je su bol bola bolo byt budem bude som ste sme mam " \
          "mas ma mame maju mozem moze mozete chcem chcel chcela by musim nie nic nikdy vzdy este uz velmi viac tiez " \
          "len teraz dnes vcera dobry den ahoj dakujem vdaka prosim pozdravom ucet uctu heslo hesla fakturu faktura "  \
          "objednavka objednavku objednavky platba platbu platby zaplatil zaplatila zasielka zasielku balik dorucenie " \
          "peniaze karta karty prevod vratenie zrusit predplatne prihlasit prihlasenie chyba chybu funguje dostal "    \
          "dostala zmenit pomoc pomoct problem adresa adresu stranka aplikacia aplikacii tyzden mesiac dni dvakrat "   \
          "stale neda nemozem kedy nefunguje")                                                                         \
        X(HU, "hu", "Hungarian", LATIN,                                                                                \
          "a az egy es vagy de ha hogy mert mint mi mit ki hol hogyan miert mikor melyik en engem nekem nem ne sem "   \
          "te on onok ok mi nekunk ez ezt az azt ezek azok van vannak volt voltak lesz lenne vagyok lehet tudok tud "  \
          "tudom tudja szeretnek szeretnem szeretne kell kellene akarok meg meg mar csak is nagyon tobb mindig soha "  \
          "most ma tegnap ota utan elott alatt nelkul altal szamara kerem koszonom koszi udvozlettel tisztelt jo napot " \
          "szia fiok fiokom fiokomba jelszo jelszot jelszavam jelszavamat szamla szamlat rendeles rendelesem "         \
          "rendelest rendeltem fizetes fizettem szallitas csomag csomagom penz penzt kartya kartyam atutalas "         \
          "visszaterites lemondani elofizetes elofizetesem bejelentkezni bejelentkezes hiba hibauzenet mukodik kaptam " \
          "kapok modositani megvaltoztatni segitseg segitseget segiteni problema cim oldal alkalmazas het hete hetet " \
          "honap nap napja ketszer hogy kerdesem sikerul ki be el fel szerint")                                        \
        X(RO, "ro", "Romanian", LATIN,                                                                                 \
          "un o unui unei si sau dar daca ca sa care cine ce cand cum unde de la in din pe cu fara pentru prin dupa "  \
          "inainte intre spre pana eu ma mi mie meu mea mei mele tu te ti dumneavoastra va vi dvs el ea ei ele noi ne " \
          "nostru lui lor se este sunt era esti am ai are avem aveti au fost fi avea fac face facut pot poate puteti " \
          "vreau doresc trebuie nu nimic niciodata mereu inca deja foarte mai mult doar numai acum azi astazi ieri "   \
          "acest aceasta aceste acesta alt alta toate toti tot buna ziua salut multumesc multumim va rog stima cont "  \
          "contul contului parola factura comanda comenzii plata plati platit livrare coletul colet bani banii card "  \
          "cardul transfer ramburs rambursare anula anulez abonament abonamentul conecta conectez autentificare "      \
          "eroare functioneaza merge primit primesc schimb schimba ajutor ajuta problema adresa pagina aplicatia "     \
          "saptamana saptamani luna zile doua ori imi mie cui catre cand")                                             \
        X(HR, "hr", "Croatian or Serbian", LATIN,                                                                      \
          "i u na s sa iz od do za o po pri pred bez nad pod ili ali ako da jer kad kada kako gdje gde zasto sto sta " \
          "tko ko koji koja koje kakav ja mene me meni mi moj moja moje mog moju ti vi vas vam vas vasa vase on ona "  \
          "mi nas nam nasa oni ih njihov se to taj ta ovaj ova ovo toga je su bio bila bilo biti cu ce sam si smo ste " \
          "imam ima imamo mogu moze mozete zelim zelio zeljela hteo htela moram ne nije nisam nista nikad uvijek uvek " \
          "jos vec vrlo jako vise takoder samo sada danas jucer juce dobar dan bok zdravo hvala molim pozdrav postovani " \
          "racun racuna lozinka lozinku fakturu narudzba narudzbu narudzbe porudzbina placanje platio platila posiljka " \
          "paket dostava novac kartica karticu uplata povrat otkazati pretplata pretplatu prijaviti prijava greska "   \
          "gresku radi primio primila promijeniti promeniti pomoc pomoci problem adresa adresu stranica aplikacija "   \
          "tjedan nedelju mjesec dana puta dva dvaput uspijevam mozete zbog kroz")                                     \
        X(SL, "sl", "Slovenian", LATIN,                                                                                \
          "in v na s z iz od do za o po pri pred brez nad pod ali ampak ce da ker ko kdaj kako kje zakaj kaj kdo "     \
          "kateri katera katero jaz mene me meni moj moja moje mojega ti vi vas vam vas vase on ona mi nas nam oni "   \
          "njihov se to ta tega tem je so bil bila bilo biti bom bo sem si smo ste imam ima imamo lahko morem zelim "  \
          "zelel zelela moram ne ni nisem nic nikoli vedno se ze zelo vec tudi samo zdaj danes vceraj dober dan "      \
          "zivjo hvala prosim pozdrav pozdravljeni lep racun racuna geslo gesla fakturo narocilo narocila placilo "    \
          "placal placala posiljka paket dostava denar kartica kartico nakazilo vracilo preklicati narocnino "         \
          "prijaviti prijava napaka napako deluje prejel prejela spremeniti pomoc pomagati tezava tezavo naslov stran " \
          "aplikacija teden mesec dni dvakrat sploh bi kot")                                                           \
        X(TR, "tr", "Turkish", LATIN,                                                                                  \
          "ve veya ama fakat eger ki icin ile gibi kadar gore sonra once beri bir bu su o bunu buna bunun ben beni "   \
          "bana benim bende sen seni sana senin siz sizi size sizin biz bizi bize bizim onlar ne neden nicin nasıl "   \
          "nasil nerede kim hangi zaman mı mi mu musunuz misiniz mısınız degil yok var hic her hep cok daha en de da " \
          "henuz halen hala sadece simdi bugun dun yarın yarin gun gundur hafta haftadır ay once merhaba selam iyi "   \
          "gunler tesekkurler tesekkur ederim ederiz lutfen saygılarımla saygilar hesap hesabım hesabim hesabıma "     \
          "hesabımı hesabima sifre sifremi sifrem parola fatura faturam faturamı siparis siparisim siparisimi odeme "  \
          "odedim kargo paket teslimat para paramı paramı param kart kartım kartımdan kartimdan iade iptal etmek "     \
          "istiyorum ister istedim abonelik aboneligimi giris yapamıyorum yapamiyorum giremiyorum hata calısmıyor "    \
          "calismiyor alıyorum aliyorum alamadım ulasmadı gelmedi geldi degistirmek yardım yardim yardımcı olur "      \
          "olabilir misiniz sorun adres adresimi uygulama sayfa iki kez kere olarak oldu olan ediyor edildi yapmak "   \
          "gerekiyor uygulaması tekrar ancak uzerinden icinde yeni")                                                   \
        X(ID, "id", "Indonesian or Malay", LATIN,                                                                      \
          "yang dan atau tetapi tapi jika kalau bahwa karena untuk dengan tanpa dari ke di pada dalam oleh sebagai "   \
          "sejak sampai setelah sebelum antara saya aku kami kita anda kamu dia mereka ini itu adalah ada tidak tak "  \
          "bukan belum sudah telah akan bisa dapat boleh harus ingin mau perlu lagi masih juga hanya sangat lebih "    \
          "banyak semua setiap apa apakah siapa kapan dimana mana mengapa kenapa bagaimana berapa tolong mohon terima " \
          "kasih selamat pagi siang sore halo hai salam akun kata sandi password tagihan pesanan pembayaran bayar "    \
          "membayar pengiriman paket uang kartu dana kembali batalkan membatalkan berlangganan langganan masuk login " \
          "kesalahan berfungsi menerima mengubah ganti mengganti bantuan bantu membantu masalah alamat halaman "       \
          "aplikasi minggu bulan hari kali dua sekarang kemarin boleh encik cara nya tersebut sebuah saat")            \
        X(VI, "vi", "Vietnamese", LATIN,                                                                               \
          "toi ban cua va la co khong duoc cho voi trong ngoai tren duoi nay do kia thi ma nhung neu vi khi sau "      \
          "truoc den tu de boi nhu cung da dang se van chi rat nhieu cac mot hai nhung cai con nguoi gi nao sao tai "  \
          "dau lam the bao gio ai xin chao cam on vui long giup tai khoan mat khau hoa đon đon hang thanh toan giao "  \
          "tien the ngan huy đang ky nhap loi bi nhan doi gui van de dia chi đia trang ung dung tuan thang ngay hom "  \
          "qua bay đa đe đuoc đen đo đoi đau")                                                                         \
        X(CA, "ca", "Catalan", LATIN,                                                                                  \
          "el la els les un una uns unes de del dels al als i o pero si que qui quan com on perque per amb sense "     \
          "sobre entre des fins en a jo em me meu meva meus tu et teu vostè voste vostra seu seva es li ho nosaltres " \
          "som son era soc esta estic estan ser estar ha he hem han havia hi haver fer faig fa tinc te tenim puc pot " \
          "poden podria vull voldria necessito haig no ni res mai sempre encara ja molt mes menys tambe nomes aquest " \
          "aquesta aquests aixo altre altra cada tot tots tota totes mateix bon dia hola gracies salutacions sisplau " \
          "compte contrasenya factura comanda pagament enviament paquet diners targeta transferencia reemborsament "   \
          "cancel lar subscripcio iniciar sessio funciona rebut rebre canviar ajuda ajudar problema adreça adreca "    \
          "correu aplicacio pagina setmana mes ahir avui dies")                                                        \
        X(ET, "et", "Estonian", LATIN,                                                                                 \
          "ja voi aga kui et sest kuidas kus miks mis kes millal milline ma mina mind minu mulle mul sa sina sinu te "  \
          "teie teile me meie meile ta tema nad see selle seda on oli olen oled oleme olnud olla ei pole saa saan "    \
          "saaks saate tahan tahaksin sooviksin soovin pean vaja veel juba ainult ka vaga rohkem alati nuud tana "     \
          "eile parast enne ilma koos kaudu tere aitah tanan palun lugupidamisega konto parool parooli arve tellimus " \
          "tellimuse tellimust makse maksnud tarne pakk raha kaart kaardi tagasi tuhistada logida sisse viga tootab "  \
          "toota saanud muuta abi aidata probleem aadress rakendus nadal nadalat kuu paeva korda ning")                \
        X(LT, "lt", "Lithuanian", LATIN,                                                                               \
          "ir ar arba bet jei jeigu kad nes kaip kur kodel kas kuris kuri kada as mane man mano manes tu tavo jus "    \
          "jusu jums mes mums musu jis ji jie tai sis si sio yra buvo esu esate bus buti turiu turi galiu gali galite " \
          "galima noriu noreciau reikia ne nera niekada visada dar jau tik taip pat labai daugiau dabar siandien vakar " \
          "nuo iki po pries be su uz i is apie per labas laba diena sveiki aciu dekoju prasau pagarbiai paskyra "      \
          "paskyros paskyra slaptazodi slaptazodis saskaita saskaitos uzsakymas uzsakymo uzsakyma mokejimas mokejimo " \
          "sumokejau pristatymas siunta pinigai pinigus kortele korteles grazinti grazinimas atsaukti prenumerata "    \
          "prisijungti klaida veikia gavau pakeisti pagalba padeti problema adresas svetaine programele savaite "      \
          "savaites menesi menuo dienos du kartus kai")                                                                \
        X(LV, "lv", "Latvian", LATIN,                                                                                  \
          "un vai bet ja ka jo kad ka kur kapec kas kurs kura es mani man mans mana manu tu tavs jus jusu jums mes "   \
          "mums musu vins vina vini tas ta to sis si so ir bija esmu esat bus but varu var varat velos velejos "       \
          "gribu vajag ne nav nekad vienmer vel jau tikai ari loti vairak tagad sodien vakar no lidz pec pirms bez ar " \
          "par uz pie labdien sveiki paldies ludzu cienu konts konta kontu parole paroli rekins rekinu pasutijums "    \
          "pasutijumu pasutijuma maksajums maksajumu samaksaju piegade sutijums pakas nauda naudu karte kartes karti " \
          "atmaksa atcelt abonements pieslegties kluda kludas darbojas sanemu mainit palidziba palidzet problema "     \
          "adrese lapa lietotne nedela nedelas menesis dienas divas reizes tiek nevaru")                               \
        X(RU, "ru", "Russian", CYRILLIC,                                                                               \
          "и в во не на я что он с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от " \
          "меня еще нет о из ему теперь когда даже ну если уже или ни быть был была были до вас вам мы нас нам они "   \
          "мой моя мое мои моего моей этот эта это эти этом есть для чтобы почему где кто какой после при через без "  \
          "могу можно можете хочу нужно здравствуйте привет спасибо пожалуйста добрый день аккаунт пароль счет заказ " \
          "оплата деньги карта карты возврат отменить подписку войти ошибка работает приложение прошу помогите")       \
        X(UK, "uk", "Ukrainian", CYRILLIC,                                                                             \
          "і и в у не на я що він з із як а то все вона так його але та ти до ж ви за б по тільки її мені було від мене " \
          "ще немає ні про йому тепер коли навіть якщо вже або бути був була були вас вам ми нас нам вони мій моя моє " \
          "мої мого моєї цей ця це ці є для щоб чому де хто який після при через без можу можна можете хочу потрібно " \
          "доброго дня вітаю дякую будь ласка акаунт пароль рахунок замовлення оплата гроші картка картки повернення " \
          "скасувати підписку увійти помилка працює застосунок прошу допоможіть")                                      \
        X(BG, "bg", "Bulgarian", CYRILLIC,                                                                             \
          "и в във не на аз че той с със как а то всички тя така но да ти към у вие за по само ми беше от ме още няма " \
          "до вас ви ние нас ни те моя моят моята моето този тази това тези е са съм сме сте бях има имам за да защо " \
          "къде кой какъв след при през без мога може можете искам трябва здравейте добър ден благодаря моля акаунт "  \
          "парола фактура поръчка плащане пари карта картата възстановяване отменя абонамент вляза грешка работи се "  \
          "ще си няма моята поръчката")                                                                                \
        X(SR, "sr", "Serbian", CYRILLIC,                                                                               \
          "и у на с са из од до за о по при пред без или али ако да јер кад када како где зашто што шта ко који која " \
          "које ја мене ме мени ми мој моја моје мог моју ти ви вас вам ваш ваша он она нас нам они их се то тај та "  \
          "овај ова ово је су био била било бити ћу ће сам си смо сте имам има могу може можете желим хтео хтела "     \
          "морам не није нисам ништа увек још већ врло само сада данас јуче добар дан здраво хвала молим поздрав "     \
          "налог рачун лозинка лозинку поруџбина плаћање новац картица повраћај отказати грешка ради проблем")         \
        X(AR, "ar", "Arabic", ARABIC,                                                                                  \
          "في من على الى عن مع هذا هذه ذلك التي الذي ان انا لا لم لن ما ماذا كيف متى اين هل لماذا كان كانت قد لقد لكن او " \
          "ثم بعد قبل عند كل بعض غير لي لكم لدي هو هي نحن انت شكرا مرحبا السلام عليكم يرجى ارجو اريد حسابي كلمة المرور " \
          "الطلب طلبي الفاتورة الدفع المبلغ البطاقة بطاقتي استرداد الغاء الاشتراك تسجيل الدخول خطا المشكلة التطبيق "  \
          "حتى الان منذ تم يتم وقد ولم ولا")                                                                          \
        X(FA, "fa", "Persian", ARABIC,                                                                                 \
          "و در به از که این را با است برای آن یک خود تا بر هم نیز من ما شما او آنها ان های می نمی شده کرد کرده کنم "   \
          "کنید کنم شود باشد بود دارد دارم ندارم هست نیست چرا چگونه چطور کجا چه کی اگر اما یا پس قبل بعد سلام ممنون "  \
          "متشکرم لطفا حساب رمز عبور سفارش پرداخت پول کارت فاکتور لغو اشتراک ورود خطا مشکل برنامه هنوز ام")            \
        X(UR, "ur", "Urdu", ARABIC,                                                                                    \
          "اور میں کے کی کا سے کو نے پر ہے ہیں تھا تھی تھے ہو گیا گئی یہ وہ کہ نہیں بھی ہی تو میرا میرے میری مجھے آپ " \
          "ہم ان اس جو کیا کیوں کیسے کب کہاں لیے ساتھ بعد پہلے ابھی براہ کرم شکریہ السلام علیکم اکاؤنٹ پاس ورڈ آرڈر " \
          "ادائیگی رقم کارڈ رہا رہی کر کریں سکتا کرنا")                                                                \
        X(HI, "hi", "Hindi", DEVANAGARI,                                                                               \
          "है हैं था थी थे में के की का से को ने पर और यह वह कि नहीं भी ही तो मेरा मेरे मेरी मुझे आप हम इस उस जो क्या क्यों "     \
          "कैसे कब कहाँ लिए साथ बाद अभी कृपया धन्यवाद नमस्ते खाता पासवर्ड ऑर्डर भुगतान कार्ड रहा रही रहे कर करें सकता "        \
          "करना हो गया गई एक दो")                                                                                        \
        X(MR, "mr", "Marathi", DEVANAGARI,                                                                             \
          "आहे आहेत होते होती मध्ये च्या ची चा चे ला ने वर आणि हा ही हे ते की नाही पण तर माझा माझे माझी माझ्या मला तुम्ही "     \
          "आम्ही या त्या जे काय का कसे कधी कुठे साठी नंतर आता कृपया धन्यवाद नमस्कार खाते करा करू शकत केले झाले आपण "        \
          "किंवा असे आपल्या")                                                                                            \
        X(EL, "el", "Greek", GREEK, "")                                                                                \
        X(HE, "he", "Hebrew", HEBREW, "")                                                                              \
        X(BN, "bn", "Bengali", BENGALI, "")                                                                            \
        X(PA, "pa", "Punjabi", GURMUKHI, "")                                                                           \
        X(GU, "gu", "Gujarati", GUJARATI, "")                                                                          \
        X(TA, "ta", "Tamil", TAMIL, "")                                                                                \
        X(TE, "te", "Telugu", TELUGU, "")                                                                              \
        X(KN, "kn", "Kannada", KANNADA, "")                                                                            \
        X(ML, "ml", "Malayalam", MALAYALAM, "")                                                                        \
        X(SI, "si", "Sinhala", SINHALA, "")                                                                            \
        X(TH, "th", "Thai", THAI, "")                                                                                  \
        X(LO, "lo", "Lao", LAO, "")                                                                                    \
        X(MY, "my", "Burmese", BURMESE, "")                                                                            \
        X(KM, "km", "Khmer", KHMER, "")                                                                                \
        X(KA, "ka", "Georgian", GEORGIAN, "")                                                                          \
        X(HY, "hy", "Armenian", ARMENIAN, "")                                                                          \
        X(AM, "am", "Amharic", ETHIOPIC, "")                                                                           \
        X(JA, "ja", "Japanese", KANA, "")                                                                              \
        X(ZH, "zh", "Chinese", HAN, "")                                                                                \
        X(KO, "ko", "Korean", HANGUL, "")
// clang-format on

// Letters that few languages have, and which. X(letters, codes).
// clang-format off
#define LANGUAGE_LETTERS_TABLE(X)                                                                                      \
        X("ß", "de") X("ñ¿¡", "es ca") X("ã", "pt vi") X("õ", "pt et vi") X("œ", "fr") X("çÇ", "fr pt tr ca")          \
        X("è", "fr it ca") X("é", "fr es pt it hu cs sk ca nl sv") X("ê", "fr pt vi") X("àù", "fr it ca vi") X("ò", "it ca vi") \
        X("ì", "it vi") X("áíó", "es pt hu cs sk vi") X("ú", "es pt hu cs sk vi it") X("ä", "de sv fi et sk")          \
        X("ö", "de sv fi et hu tr") X("ü", "de tr hu et es") X("ë", "nl fr") X("ï", "nl fr ca") X("åÅ", "sv da no")    \
        X("øæ", "da no") X("łńśźżćęą", "pl") X("ęą", "lt") X("ć", "hr") X("đ", "hr vi") X("ěřů", "cs")                 \
        X("ý", "cs sk vi") X("ľĺŕô", "sk") X("čšž", "cs sk hr sl lt lv") X("ďťň", "cs sk") X("őű", "hu")               \
        X("ăâîșțşţ", "ro") X("ş", "tr") X("ğıİ", "tr") X("ėįų", "lt") X("ū", "lt lv") X("āēīķļņģ", "lv")              \
        X("ơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ", "vi")                                                      \
        X("іїєґ", "uk") X("ыэё", "ru") X("ъ", "bg ru") X("јљњћђџ", "sr") X("پچژگکی", "fa ur") X("ٹڈڑںےہ", "ur") X("ةىي", "ar") \
        X("ळ", "mr")
// clang-format on

// Ranges of the scripts. X(script, first, last). What is in none of them is no letter of any.
// clang-format off
#define LANGUAGE_SCRIPT_TABLE(X)                                                                                       \
        X(LATIN, 0x0041, 0x005A) X(LATIN, 0x0061, 0x007A) X(LATIN, 0x00C0, 0x024F) X(LATIN, 0x1E00, 0x1EFF)            \
        X(LATIN, 0xFF21, 0xFF5A) X(GREEK, 0x0370, 0x03FF) X(GREEK, 0x1F00, 0x1FFF) X(CYRILLIC, 0x0400, 0x052F)         \
        X(ARMENIAN, 0x0531, 0x058F) X(HEBREW, 0x0590, 0x05FF) X(ARABIC, 0x0620, 0x06FF) X(ARABIC, 0x0750, 0x077F)      \
        X(ARABIC, 0xFB50, 0xFDFF) X(ARABIC, 0xFE70, 0xFEFC) X(DEVANAGARI, 0x0900, 0x097F) X(BENGALI, 0x0980, 0x09FF)   \
        X(GURMUKHI, 0x0A00, 0x0A7F) X(GUJARATI, 0x0A80, 0x0AFF) X(TAMIL, 0x0B80, 0x0BFF) X(TELUGU, 0x0C00, 0x0C7F)     \
        X(KANNADA, 0x0C80, 0x0CFF) X(MALAYALAM, 0x0D00, 0x0D7F) X(SINHALA, 0x0D80, 0x0DFF) X(THAI, 0x0E00, 0x0E7F)     \
        X(LAO, 0x0E80, 0x0EFF) X(BURMESE, 0x1000, 0x109F) X(GEORGIAN, 0x10A0, 0x10FF) X(HANGUL, 0x1100, 0x11FF)        \
        X(ETHIOPIC, 0x1200, 0x137F) X(KHMER, 0x1780, 0x17FF) X(KANA, 0x3041, 0x309F) X(KANA, 0x30A1, 0x30FA)           \
        X(KANA, 0x31F0, 0x31FF) X(KANA, 0xFF66, 0xFF9D) X(HAN, 0x3400, 0x4DBF) X(HAN, 0x4E00, 0x9FFF)                  \
        X(HAN, 0xF900, 0xFAFF) X(HAN, 0x20000, 0x3134F) X(HANGUL, 0x3130, 0x318F) X(HANGUL, 0xAC00, 0xD7A3)
// clang-format on
