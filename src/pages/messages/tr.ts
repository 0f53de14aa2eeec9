// Turkish.

export const tr = `
Bir şeyler ters gitti
Lütfen birazdan yeniden deneyin.
Sorun sürerse lütfen aşağıdaki başvuru numarasını bu siteyi yönetenlere bildirin.
Burada bir şey yok
Uygulama yanıt vermiyor
Oturum açılamadı
Bu hesap başka bir kuruluşa ait.
Bu sayfa daha fazlasını istiyor, örneğin ikinci bir adım.
Oturum açışınız bu sayfa için çok eski.
Bu sayfaya erişiminiz yok
Olması gerekiyorsa lütfen bu siteyi yönetenlere başvurun.
Başka sitelerden gelen istekler burada reddedilir.
Lütfen bu sitenin çerezlerini silin, yenilerine izin verin ve yeniden deneyin.
Formunuz saklanamayacak kadar büyük: lütfen yeni bir pencerede oturum açın, sonra geri dönüp gönderin.
Ana sayfa
Yeniden dene
Oturum aç
Başka bir hesap kullan
Oturumu kapat
Oturumu açık tut
Oturum açtınız
Girdikleriniz şimdi gönderiliyor. Bir şey olmazsa lütfen düğmeye basın.
Bu formu yalnızca oturum açmadan hemen önce kendiniz doldurduysanız gönderin. Gideceği adres:
Gönder
Oturumunuz kapatıldı
Artık bu pencereyi kapatabilirsiniz.
Oturum açma hizmetinde oturumunuz hâlâ açık olabilir. Ortak kullanılan bir bilgisayarda lütfen tarayıcıyı kapatın.
Oturumlara şu anda ulaşılamıyor: diğer cihazlarda oturumunuz hâlâ açık olabilir.
Oturumu kapatmak istiyor musunuz?
Bunu başka bir site istedi.
Hesabınız
Ad
Kullanıcı adı
E-posta
Kuruluş
Roller
Oturum başlangıcı
Oturum açma yöntemi
parola
tek kullanımlık kod
geçiş anahtarı veya güvenlik anahtarı
birden çok adım
En geç bitiş
Açık oturumlarınız
Bu tarayıcı
Bilinmeyen tarayıcı
Yer
Son etkinlik
Diğer tüm oturumları kapat
Başvuru numarası`;
