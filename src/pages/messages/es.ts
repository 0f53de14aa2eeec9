// Spanish.

export const es = `
Algo ha salido mal
Inténtelo de nuevo dentro de un momento.
Si sigue así, indique al responsable de este sitio la referencia que aparece abajo.
Aquí no hay nada
La aplicación no responde
No se ha podido iniciar sesión
Esta cuenta pertenece a otra organización.
Esta página pide algo más, por ejemplo un segundo factor.
Inició sesión hace demasiado tiempo para esta página.
No tiene acceso a esta página
Si debería tenerlo, consulte al responsable de este sitio.
Aquí se rechazan las solicitudes de otros sitios.
Borre las cookies de este sitio, permita otras nuevas e inténtelo de nuevo.
Su formulario es demasiado grande para guardarlo: inicie sesión en una ventana nueva, vuelva atrás y envíelo.
Página de inicio
Intentar de nuevo
Iniciar sesión
Usar otra cuenta
Cerrar sesión
Mantener la sesión
Ha iniciado sesión
Lo que escribió se está enviando. Si no ocurre nada, pulse el botón.
Envíe este formulario solo si lo rellenó usted, justo antes de iniciar sesión. Se enviará a
Enviar
Ha cerrado sesión
Ya puede cerrar esta ventana.
Quizá su sesión siga abierta en el servicio de inicio de sesión. En un ordenador compartido, cierre el navegador.
Ahora no se puede acceder a las sesiones: otros dispositivos pueden seguir con la sesión abierta.
¿Quiere cerrar sesión?
Lo ha pedido otro sitio.
Su cuenta
Nombre
Nombre de usuario
Correo electrónico
Organización
Roles
Sesión iniciada
Iniciada con
contraseña
código de un solo uso
llave de acceso o de seguridad
varios factores
Termina como máximo
Dónde tiene la sesión abierta
Este navegador
Navegador desconocido
Lugar
Última actividad
Cerrar todas las demás sesiones
Referencia`;
