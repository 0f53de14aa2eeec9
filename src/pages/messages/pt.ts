// Portuguese, as in Brazil, in words that are understood in Portugal too.

export const pt = `
Algo deu errado
Tente de novo daqui a pouco.
Se continuar assim, informe a quem administra este site a referência abaixo.
Não há nada aqui
O aplicativo não responde
Não foi possível entrar
Esta conta pertence a outra organização.
Esta página pede algo mais, por exemplo um segundo fator.
Para esta página, seu acesso é antigo demais.
Você não tem acesso a esta página
Se deveria ter, fale com quem administra este site.
Pedidos de outros sites são recusados aqui.
Apague os cookies deste site, permita novos e tente de novo.
Seu formulário é grande demais para ser guardado: entre em uma nova janela, depois volte e envie.
Página inicial
Tentar de novo
Entrar
Usar outra conta
Sair
Continuar na conta
Você entrou
O que você preencheu está sendo enviado. Se nada acontecer, pressione o botão.
Envie este formulário apenas se foi você quem o preencheu, pouco antes de entrar. Será enviado para
Enviar
Você saiu
Agora pode fechar esta janela.
Talvez sua sessão continue aberta no serviço de autenticação. Em um computador compartilhado, feche o navegador.
As sessões estão inacessíveis agora: outros dispositivos talvez continuem conectados.
Deseja sair?
Outro site pediu isso.
Sua conta
Nome
Nome de usuário
E-mail
Organização
Funções
Entrou em
Entrou com
senha
código de uso único
chave de acesso ou de segurança
vários fatores
Termina no máximo em
Onde sua conta está aberta
Este navegador
Navegador desconhecido
Local
Última atividade
Sair de todos os outros
Referência`;
