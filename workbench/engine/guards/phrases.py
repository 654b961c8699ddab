"""How an order to an assistant reads, in English, Vietnamese and Indonesian.

The patterns are searched for in a sentence without case and diacritics. "Your reply" is what the
assistant writes, but "your reply to the guest" is the staff's, so that no pattern takes it.
"""

_FOR_A_PERSON = (
    r"(?! to (?:the|a|an|any|each|every|all|our|your|their|his|her|this|that|these|us|me|guests?"
    r"|customers?|clients?|candidates?)\b)"
    r"(?! by (?!\w+ing\b))(?! (?:within|before|letter|time|rate|form|team)\b)"
)
_REPLY = r"(?:answers?|repl(?:y|ies)|responses?|outputs?|completions?)"
_YOURS = rf"\byour (?:\w+ )?{_REPLY}\b{_FOR_A_PERSON}"
_WRITE = (
    r"(?:add|append|apply|attach|augment|begin|change|combine|compose|conclude|convert|craft"
    r"|create|deliver|embed|encode|encrypt|end|enhance|enrich|express|finish|format|generate|give"
    r"|group|include|incorporate|insert|integrate|introduce|jumble|make|mention|misspell|mix"
    r"|modify|obfuscate|output|place|prepend|present|print|provide|put|rearrange|remove|render"
    r"|repeat|rephrase|replace|restate|reverse|rewrite|scramble|shuffle|spell|start|substitute"
    r"|swap|translate|transform|turn|use|utili[sz]e|weave|write|anagram)"
)
_POLITE = (
    r"(?:please |kindly |also |now |then |always |instead,? |must |should |be sure to "
    r"|make sure (?:to|you) |remember to |you (?:must|should|will|need to|have to) )*"
)
_OPENS = rf"(?:^\W*|[:;,–-] ){_POLITE}"
_FORM = (
    r"(?:base ?64|json|xml|yaml|html|csv|emojis?|morse(?: code)?|binary|hexadecimal|rot ?13"
    r"|leet ?speak|pig latin|all caps|capital letters|upper ?case|lower ?case|rhymes?|haiku"
    r"|iambic pentameter|reverse(?:d)?|code ?blocks?)"
)
_CODE = r"\bcode (?:snippets?|blocks?|excerpts?|sections?|pieces?|segments?|fragments?|samples?)\b"
_CODE_PLACE = (
    r"(?:code|code ?base|program|programme|implementation|algorithm|solution|answer|repl(?:y|ies)"
    r"|response|output|elucidation|explanation|architecture|codes)"
)
_AI = r"(?:ai|a\.i\.|llms?|large language models?|language models?|chat ?bots?|chatgpt|gpt-?\d?)"
_ROLE = (
    r"(?:ai|(?:helpful|virtual|digital|personal|new) assistant|chat ?bot|bot|language model|llm|gpt"
    r"|dan|hacker|pirate|character|persona|translator|poet|comedian|unrestricted|unfiltered"
    r"|uncensored|assistant(?=\W*$|,? (?:that|who|which|without|with|named|called)\b))"
)
_TOLD = r"(?:instructions?|prompts?|directives?|commands?|system messages?)"
_EARLIER = r"(?:previous|prior|above|preceding|earlier|foregoing|original|initial|existing|system)"

ENGLISH: dict[str, tuple[str, ...]] = {
    "override": (
        rf"\b(?:ignore|disregard|forget|override|bypass|discard|neglect)\b (?:\w+ ){{0,4}}"
        rf"{_EARLIER} (?:\w+ ){{0,2}}{_TOLD}\b",
        rf"\b(?:ignore|disregard|forget|override|bypass)\b (?:\w+ ){{0,2}}{_TOLD} "
        r"(?:\w+ ){0,3}(?:above|before|earlier|previously|so far)\b",
        rf"\b(?:ignore|disregard|forget|override|bypass)\b (?:\w+ ){{0,3}}your (?:\w+ ){{0,3}}"
        rf"(?:{_TOLD}|programming|guardrails)\b",
        r"^\W*(?:please )?(?:ignore|disregard|forget) (?:everything|all|anything)"
        r"(?: (?:of )?(?:the )?(?:text|content))?"
        r" (?:above|before this|you (?:were|have been) told)",
        r"\b(?:do not|don't|stop|never) answer(?:ing)? the (?:user|user's|above|original)\b",
    ),
    "role": (
        rf"\byou are (?:now|no longer|from now on) (?:\w+ ){{0,5}}{_ROLE}\b",
        rf"\b(?:act|behave|respond|answer|reply|speak|roleplay|role-play) as (?:if you were )?"
        rf"(?:an? )?(?:\w+ ){{0,3}}{_ROLE}\b",
        rf"\bpretend (?:to be|that you are|you are|you're) (?:\w+ ){{0,4}}{_ROLE}\b",
        r"\bfrom now on,? you (?:are|will|must|should|shall|can) (?:\w+ ){0,3}"
        r"(?:act|answer|respond|reply|speak|behave|pretend|role ?play)\b",
        r"\b(?:enter|enable|activate|switch to|you are in) (?:\w+ ){0,2}"
        r"(?:developer|jailbreak|god|dan|unrestricted) mode\b",
    ),
    "code": (
        rf"{_CODE}.{{0,300}}?\b(?:your|you \w+)\b(?: \w+){{0,2}} {_CODE_PLACE}\b",
        rf"\byour (?:\w+ ){{0,2}}{_CODE_PLACE}\b.{{0,300}}?{_CODE}",
        rf"{_CODE}.{{0,300}}? (?:code|response|answer|reply) (?:that )?you "
        r"(?:develop|write|give|produce)\b",
    ),
    "reply": (
        rf"{_OPENS}{_WRITE}\b.{{0,300}}?{_YOURS}",
        rf"^\W*{_POLITE}(?:in|to|at the (?:end|beginning|start) of|throughout) {_YOURS},? "
        r"(?!we\b|you (?:said|wrote|mention)|i\b|the\b|there\b)",
        r"\byour (?:answer|reply|response|output) (?:must|should|has to|needs to|shall) (?:\w+ )?"
        r"(?:be(?: \w+)? in|begin|start|end|include|contain|consist|use)\b",
        rf"\b(?:respond|reply|answer)\b (?:only |solely |exclusively )?(?:in|with|using|as) "
        rf"(?:\w+ ){{0,2}}{_FORM}\b",
    ),
    "secrets": (
        r"\b(?:reveal|print|show|repeat|output|disclose|leak|display|state)\b (?:\w+ ){0,4}"
        r"(?:system|hidden|secret|original|developer|initial) (?:prompt|instructions?|message)\b",
        r"\b(?:reveal|print|repeat|output|disclose|leak|display)\b (?:\w+ ){0,3}"
        r"your (?:\w+ )?(?:prompt|instructions)\b",
    ),
    "address": (
        rf"\b(?:attention|note|notice|message|instructions?|hey|dear|hello)\b,? (?:to |for )?"
        rf"(?:all |any |the )?{_AI}\b\W*[:,!]",
        rf"\b(?:if|as|since) (?:you are|you're|an?) (?:an? )?(?:\w+ )?{_AI}\b.{{0,300}}?\byou "
        r"(?:must|should|have to|need to|are to|will|shall)\b",
        rf"\b{_AI}s? (?:that |who |which )?(?:is |are )?(?:reading|processing|summari[sz]ing|"
        r"parsing|reviewing) (?:this|these)\b.{0,300}?\b(?:must|should|will|please)\b",
    ),
    "control": (
        r"<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|begin_of)",
        r"\[/?inst\]|<</?sys>>|<start_of_turn>|<end_of_turn>",
    ),
}

_VI_TOLD = r"(?:chi dan|huong dan|chi thi|menh lenh|cau lenh|loi nhac|quy tac|lenh)"
_VI_REPLY = r"(?:cau tra loi|phan tra loi|cau phan hoi|phan phan hoi|loi dap|phan hoi)"
_VI_ROLE = r"(?:tro ly ai|ai|chatbot|tro ly ao|mo hinh ngon ngu|bot|hacker|cuop bien|tro ly)"
_VI_GUEST = r" (?:(?:lam|la|mot|nguoi|vi|cac|nhung) ){0,3}khach\b(?! san)"
_VI_DRILL = (
    r" (?:(?:lam|la|mot|nguoi|vi|cac|nhung) ){0,3}(?:nhan vien|le tan|quan ly|dong nghiep|nan nhan"
    r"|benh nhan)\b.{0,60}\b(?:luyen tap|thuc hanh|tap huan|dien tap|dao tao)\b"
)
VIETNAMESE: dict[str, tuple[str, ...]] = {
    "override": (
        r"\b(?:bo qua|phot lo|lam ngo|quen|quen di|dung lam theo|khong lam theo|dung tuan theo)"
        rf"\b (?:\w+ ){{0,4}}{_VI_TOLD} (?:\w+ ){{0,2}}"
        r"(?:truoc|truoc do|truoc day|ben tren|o tren|phia tren|tren day|he thong|ban dau)\b",
        rf"\b(?:bo qua|phot lo|quen)\b (?:\w+ ){{0,4}}{_VI_TOLD} cua (?:ban|he thong)\b",
    ),
    "role": (
        rf"\bban (?:bay gio |hien |gio )(?:la|se la|dang la) (?:\w+ ){{0,3}}{_VI_ROLE}\b",
        rf"\b(?:bay gio|gio day|ke tu gio|tu gio|tu bay gio)(?: tro di)?,? ban (?:se )?la "
        rf"(?:\w+ ){{0,3}}{_VI_ROLE}\b",
        rf"\b(?:hay |ban phai )(?:dong vai|gia vo|gia lam|nhap vai)\b(?!{_VI_GUEST}|{_VI_DRILL})",
    ),
    "reply": (
        rf"\b(?:trong|vao|o cuoi|o dau|cuoi|dau) {_VI_REPLY} cua (?:ban|minh|tro ly)\b",
        rf"^\W*(?:hay |vui long )?(?:\w+ ){{1,8}}{_VI_REPLY} cua (?:ban|tro ly) (?:bang|thanh|voi"
        r"|de|duoi dang)\b",
        r"\b(?:tra loi|phan hoi|dap)(?: lai)? (?:chi )?(?:bang|duoi dang|theo dang|theo dinh dang)"
        r" (?:ma )?(?:base ?64|json|xml|emoji|bieu tuong cam xuc|morse|chu in hoa|chu hoa|nhi phan"
        r"|tho|mot tu)\b",
    ),
    "secrets": (
        r"\b(?:tiet lo|in ra|hien thi|lap lai|dua ra)\b (?:\w+ ){0,4}(?:loi nhac|prompt|chi dan"
        r"|huong dan|chi thi) (?:he thong|ban dau|bi mat|goc|cua ban)\b",
    ),
    "address": (
        r"\b(?:luu y|gui|chu y|thong bao|huong dan)(?: den| toi| cho| danh cho)? (?:\w+ ){0,2}"
        r"(?:ai|chatbot|mo hinh ngon ngu|tro ly ai|tro ly ao)\b\W*[:,!]",
        r"\bneu ban la (?:mot )?(?:ai|chatbot|mo hinh ngon ngu|tro ly ai|tro ly ao)\b",
    ),
}

_ID_TOLD = r"(?:instruksi|perintah|petunjuk|arahan|prompt)"
_ID_REPLY = r"(?:jawaban|balasan|respons|respon|tanggapan)"
_ID_ROLE = r"(?:ai|asisten|chatbot|bot|model bahasa|peretas|bajak laut|karakter)"
_ID_YOURS = rf"(?:{_ID_REPLY} (?:anda|kamu)|{_ID_REPLY}mu)\b(?! (?:kepada|untuk|paling lambat))"
INDONESIAN: dict[str, tuple[str, ...]] = {
    "override": (
        r"\b(?:abaikan(?:lah)?|lupakan(?:lah)?|kesampingkan(?:lah)?|jangan (?:ikuti|patuhi"
        rf"|hiraukan|turuti))\b (?:\w+ ){{0,3}}{_ID_TOLD} (?:\w+ ){{0,2}}(?:sebelumnya|terdahulu"
        r"|di atas|sistem|awal)\b",
        r"\b(?:abaikan|lupakan|kesampingkan)\b (?:\w+ ){0,3}"
        rf"(?:{_ID_TOLD} (?:anda|kamu)|{_ID_TOLD}mu)\b",
    ),
    "role": (
        rf"\b(?:kamu|anda|kau) (?:sekarang|kini)(?: adalah| menjadi)? (?:\w+ ){{0,3}}{_ID_ROLE}\b",
        rf"\b(?:sekarang|kini|mulai sekarang|mulai saat ini),? (?:kamu|anda|kau) "
        rf"(?:adalah|menjadi|akan menjadi|berperan sebagai) (?:\w+ ){{0,3}}{_ID_ROLE}\b",
        r"\b(?:berpura-puralah|bertindaklah|berperanlah|berlagaklah) (?:\w+ ){0,3}"
        rf"{_ID_ROLE}\b",
    ),
    "reply": (
        r"^\W*(?:harap |tolong |mohon |silakan |selalu )*(?:tambahkan|sertakan|masukkan|sisipkan"
        r"|cantumkan|gunakan|ganti|ubah|tulis|hapus|acak|balik|akhiri|awali|mulai|terjemahkan"
        rf"|sandikan|buat|susun|gabungkan)(?:lah)?\b.{{0,300}}?\b{_ID_YOURS}",
        rf"^\W*(?:di|dalam|di dalam|pada|di akhir|pada akhir) {_ID_YOURS},? (?:tambahkan|sertakan"
        r"|masukkan|sisipkan|cantumkan|gunakan|tulis|ajak|sarankan|sebutkan|selalu)",
        r"\b(?:jawab|balas|tanggapi)(?:lah)? (?:hanya )?(?:dengan|dalam|menggunakan)"
        r"(?: format| kode| sandi)? (?:base ?64|json|xml|emoji|morse|biner|huruf kapital"
        r"|huruf besar|pantun|satu kata)\b",
    ),
    "secrets": (
        r"\b(?:ungkapkan|tampilkan|cetak|ulangi|bocorkan|perlihatkan)(?:lah)?\b (?:\w+ ){0,3}"
        rf"(?:{_ID_TOLD} (?:sistem|rahasia|awal|tersembunyi|anda|kamu)|{_ID_TOLD}mu)\b",
    ),
    "address": (
        r"\b(?:perhatian|catatan|pesan|instruksi)(?: untuk| bagi| kepada)? (?:\w+ ){0,1}"
        r"(?:ai|chatbot|model bahasa|asisten ai|asisten virtual)\b\W*[:,!]",
        r"\bjika (?:anda|kamu) adalah (?:sebuah )?(?:ai|chatbot|model bahasa|asisten ai)\b",
    ),
}

PHRASES: dict[str, tuple[str, ...]] = {
    kind: (*ENGLISH[kind], *VIETNAMESE.get(kind, ()), *INDONESIAN.get(kind, ())) for kind in ENGLISH
}
"""The patterns by kind, all languages together: a document may hold another language's orders."""

_OWN_TEXT = (
    r"(?:words?|phrases?|sentences?|texts?|lines?|strings?|letters?|links?|urls?|web ?sites?|pages?"
    r"|codes?|emojis?|jokes?|secrets?|systems?|passwords?|prompts?|following|these|this"
    r"|in|your|say|with|and|or)"
)
_FACT = (
    r"(?:(?:the|your|our|their|his|her|its|an?|any|both) )?"
    rf"(?:(?!{_OWN_TEXT}\b)[a-z][a-z'-]* ){{0,2}}"
    r"(?:numbers?|names?|dates?|times?|hours?|prices?|rates?|amounts?|totals?|references?|titles?"
    r"|positions?|departments?|extensions?|signatures?|details|apolog(?:y|ies)|thanks)"
)
_FACTS = rf"{_FACT}(?:(?:, and|, or|,| and| or) {_FACT}){{0,5}}"
_WHEN = r"(?:(?:when|whenever|if|for|after|before|in) [\w' -]{1,80}, )?"
_WHY = (
    rf"(?:,? (?:so|so that|when|whenever|if|because|since|as|for|before|after)"
    rf"(?: (?!{_WRITE}\b|say\b|tell\b|visit\b|click\b|follow\b)[\w'-]+){{1,15}})?"
)
_PLACED = r"(?:in|into|to|with|at the (?:end|top|beginning|start|bottom) of)"
_MY_REPLY = rf"your (?:\w+ )?{_REPLY}"
_VI_OWN_TEXT = r"(?:cau|tu|chu|doan|lien ket|trang|duong dan|ma doc|mat khau|sau|nay|trong|bang|va)"
_VI_FACT = (
    r"(?:so|ma|ten|chuc vu|ngay|gio|gia|so tien|tong so tien|chu ky|bo phan|so dien thoai)"
    rf"(?: (?!{_VI_OWN_TEXT}\b)[a-z]+){{0,4}}"
)
_VI_FACTS = rf"{_VI_FACT}(?:(?:,| va) {_VI_FACT}){{0,4}}"
_VI_MY_REPLY = rf"{_VI_REPLY}(?: cua (?:ban|minh))?"
_VI_POLITE = r"(?:(?:hay|vui long|xin|luon|nho|phai) )*"
FOR_STAFF: tuple[str, ...] = (
    rf"\W*{_WHEN}{_POLITE}{_WRITE} {_FACTS} {_PLACED} {_MY_REPLY}{_WHY}\W*",
    rf"\W*{_WHEN}{_POLITE}(?:begin|start|open|end|finish|close|conclude|sign) {_MY_REPLY} with "
    rf"{_FACTS}{_WHY}\W*",
    rf"\W*{_WHEN}{_PLACED} {_MY_REPLY},? {_POLITE}{_WRITE} {_FACTS}{_WHY}\W*",
    rf"\W*{_MY_REPLY} (?:must|should|has to|needs to) (?:always )?(?:include|contain|end with"
    rf"|begin with|start with) {_FACTS}{_WHY}\W*",
    rf"\W*{_VI_POLITE}(?:ghi|neu|them|dua|viet|nhac|dien)(?: ro| lai)? {_VI_FACTS} (?:trong|vao"
    rf"|o cuoi|o dau) {_VI_MY_REPLY}\W*",
    rf"\W*{_VI_POLITE}(?:ket thuc|mo dau|bat dau|ky) {_VI_MY_REPLY} (?:bang|voi) {_VI_FACTS}\W*",
)
"""Whole sentences that read like an order about a reply, but are meant for people who answer: what
the reply is to hold are facts of a record, such as a number or a name, and no text of the
document's own."""
