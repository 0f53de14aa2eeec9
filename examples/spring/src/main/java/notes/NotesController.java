package notes;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Pages for everybody, for users, for administrators, and a form. The notes are in memory. */
@Controller
class NotesController {
    record Note(String name, String text) {}

    private final Deque<Note> notes = new ConcurrentLinkedDeque<>();

    @ModelAttribute("name")
    String name(HttpServletRequest request, Principal principal) {
        String name = GatewaySecurity.one(request, "X-Forwarded-Name");
        return name == null && principal != null ? principal.getName() : name;
    }

    @GetMapping("/")
    String landing() {
        return "landing";
    }

    @GetMapping("/notes")
    String notes(Model model) {
        model.addAttribute("notes", notes);
        return "notes";
    }

    @PostMapping("/notes")
    String add(@RequestParam String text, @ModelAttribute("name") String name) {
        if (!text.isBlank()) notes.addFirst(new Note(name, text.strip()));
        if (notes.size() > 100) notes.pollLast();
        return "redirect:/notes";
    }

    @GetMapping("/admin")
    String admin(Model model) {
        model.addAttribute("count", notes.size());
        return "admin";
    }
}
